import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { root } from './markdown.ts'

/** What the page says that a promise is shown by: each test by its file and its name. */
async function namedTests(): Promise<{ file: string; name: string }[]> {
  const page = await readFile(`${root}docs/safety.md`, 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (promise|---)/.test(line))
  return rows.flatMap((row) => {
    const cell = row.split(' | ').at(-1) ?? ''
    let file = ''
    const found = [...cell.matchAll(/`(test\/[^`]+)`|"([^"]+)"/g)].flatMap(([, path, name]) => {
      file = path ?? file
      return name === undefined ? [] : [{ file, name }]
    })
    // A row without a test is a promise that nothing shows.
    return found.length > 0 ? found : [{ file: row, name: '' }]
  })
}

describe('each promise in docs/safety.md', async () => {
  it.each(await namedTests())('is shown by a test that exists: $name', async ({ file, name }) => {
    const text = await readFile(root + file, 'utf8')
    const named = [...text.matchAll(/(['`])((?:\\.|(?!\1).)+)\1/g)].map(([, , said]) => said)
    expect(named).toContain(name)
  })
})
