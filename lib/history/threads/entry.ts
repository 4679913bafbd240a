import { existsSync } from 'node:fs'

/**
 * Where the code of a thread is: `worker.ts` beside the module that starts it, or in a bundle the file that stands
 * beside that.
 * @param moduleUrl the `import.meta.url` of the module that starts it.
 * @param bundled the name of its bundle, without an ending.
 */
export function threadEntry(moduleUrl: string, bundled: string): URL {
  const own = new URL('./worker.ts', moduleUrl)
  return existsSync(own) ? own : new URL(`./${bundled}.js`, moduleUrl)
}
