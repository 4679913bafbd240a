import { vi } from 'vitest'
import { carryOutLine } from '../../lib/cli/run-main.ts'

/**
 * Carries out a command line of `onset` inside of this process, which takes a small part of the time of a
 * process of its own. For commands that fire nothing, and end by themselves.
 */
export async function onsetInside(
  args: readonly string[],
  { cwd }: { cwd?: string } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const heard = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += text
      return true
    }),
  )
  const before = process.cwd()
  try {
    if (cwd !== undefined) process.chdir(cwd)
    const code = await carryOutLine(args)
    return { code, ...said }
  } finally {
    process.chdir(before)
    for (const stream of heard) stream.mockRestore()
  }
}
