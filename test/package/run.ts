import { execFile } from 'node:child_process'

/** How a program ended. */
export interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** What a program may be given. */
export interface RunOptions {
  cwd: string
  env?: NodeJS.ProcessEnv
}

/** Runs a program to its end, whatever its exit code; rejects where it cannot be started. */
export function run(program: string, args: string[], { cwd, env }: RunOptions): Promise<Ran> {
  const options = { cwd, env: { ...process.env, ...env }, timeout: 110_000, maxBuffer: 64 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error ? error.code : 0
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error)
    })
    child.stdin?.end()
  })
}
