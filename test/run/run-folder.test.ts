import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRunFolder, RunFolderError, runFolderAt, runId, writeResult } from '../../lib/run/index.ts'
import { openRecording } from '../../lib/run/recording.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onset-run-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe("a run's folder", () => {
  it('is named by time, so that names sort like runs', () => {
    expect(runId(new Date('2026-11-23T08:11:02.987Z'), 'a1b2c3')).toBe('20261123-081102-a1b2')
  })

  it('is made with all folders above it, and may exist if it is empty', async () => {
    const path = join(root, 'a', 'b')
    await createRunFolder(path)
    expect(await createRunFolder(path)).toEqual(runFolderAt(path))
  })

  it('takes no second run', async () => {
    writeFileSync(join(root, 'something'), '')
    await expect(createRunFolder(root)).rejects.toMatchObject({ problem: 'taken' })
  })

  it('says why it cannot be made', async () => {
    writeFileSync(join(root, 'file'), '')
    const made = createRunFolder(join(root, 'file', 'run'))
    await expect(made).rejects.toBeInstanceOf(RunFolderError)
    await expect(made).rejects.toMatchObject({ problem: 'unwritable' })
  })

  it('keeps a result, over an older one', async () => {
    const folder = await createRunFolder(root)
    const result = { format: 'onset-result', version: 1, verdict: 'pass', limits: [] } as const
    await writeResult(folder, { ...result, verdict: 'inconclusive', limits: [] })
    await writeResult(folder, { ...result, limits: [] })
    expect(JSON.parse(readFileSync(folder.result, 'utf8'))).toEqual(result)
  })
})

describe('a recording', () => {
  const header = { tool: 'k6 v2.2.0', startedAtMs: 1_795_421_462_000, clockSlackMs: 1, descriptors: [] }
  const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')

  it('ends with the reason', async () => {
    const { history } = runFolderAt(root)
    const recording = openRecording(history, header)
    await recording.end('interrupted')
    expect(JSON.parse(linesOf(history).at(-1) as string)).toMatchObject({
      event: 'end',
      reason: 'interrupted',
    })
    expect(recording.failure).toBeUndefined()
  })

  it('has no end when it is abandoned, so that its readers take it for torn', async () => {
    const { history } = runFolderAt(root)
    await openRecording(history, header).abandon()
    expect(linesOf(history)).toHaveLength(1)
  })

  it('begins only where nothing is written over', async () => {
    const { history } = runFolderAt(root)
    writeFileSync(history, 'older')
    expect(() => openRecording(history, header)).toThrow(/written over/)
  })
})
