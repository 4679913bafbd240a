import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Task, Told } from './child.ts'

type Step<Name extends Told['step']> = Extract<Told, { step: Name }>

/** What one process measured. */
export interface Checked {
  read: Step<'read'>
  /** Left out where judging was not asked for, or not done in time. */
  judged?: Step<'judged'>
}

/**
 * Reads a history and judges it, in a process of its own.
 * @param seconds how long judging may take; 0 to read only.
 * @throws {Error} where the process fails.
 */
export async function check(task: Omit<Task, 'do'>, seconds: number): Promise<Checked> {
  const told = await runChild({ ...task, do: seconds > 0 ? 'check' : 'read' }, seconds)
  const read = told.find((one) => one.step === 'read')
  if (!read) throw new Error(`reading ${task.path} told nothing`)
  return { read, judged: told.find((one) => one.step === 'judged') }
}

/** Writes a history, in a process of its own. */
export async function generate(task: Omit<Task, 'do'>): Promise<void> {
  await runChild({ ...task, do: 'generate' }, 0)
}

async function runChild(task: Task, seconds: number): Promise<Told[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  const told: Told[] = []
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  for await (const line of createInterface(child.stdout)) {
    const one = JSON.parse(line) as Told
    told.push(one)
    if (one.step !== 'read' || task.do !== 'check') continue
    timer = setTimeout(() => {
      stopped = child.kill('SIGKILL')
    }, seconds * 1000)
  }
  const { code, signal } = await exited
  clearTimeout(timer)
  if (code !== 0 && !stopped) throw new Error(`${task.do} of ${task.path} failed (${signal ?? code})`)
  return told
}
