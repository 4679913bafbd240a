import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The folder that holds the documents. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A fenced block of a document. */
export interface Block {
  /** What stands behind the opening fence. */
  language: string
  text: string
}

/** A command line of a document, split at spaces. */
export type Words = [program: string, ...args: string[]]

/** The fenced blocks of a document of the project, in order. */
export async function blocksOf(document: string): Promise<Block[]> {
  const text = await readFile(`${root}${document}`, 'utf8')
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, inside]) => ({
    language: language as string,
    text: inside as string,
  }))
}

/** The commands of all blocks that are for a shell, one by one, without their comments. */
export function commandsIn(blocks: readonly Block[]): Words[] {
  return blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.split(/\n|&&/))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/) as Words)
}

/** What `npm run check -- a b` and `npm test` mean: the script, and what is handed to it. */
export function npmScript([program, verb, ...rest]: Words): { name: string; args: string[] } | undefined {
  if (program !== 'npm' || verb === undefined) return undefined
  const [name, given] = verb === 'run' ? [rest[0], rest.slice(1)] : [verb, rest]
  if (name === undefined || !['run', 'test'].includes(verb)) return undefined
  return { name, args: given[0] === '--' ? given.slice(1) : given }
}
