import { onTestFinished } from 'vitest'
import { behaviourOf } from '../../lib/target/faults/index.ts'
import {
  parseTargetConfig,
  type RunningTarget,
  startTarget,
  type TargetConfig,
  type TargetConfigInput,
} from '../../lib/target/index.ts'
import { client } from './client.ts'

function parsed(config: TargetConfigInput): TargetConfig {
  const read = parseTargetConfig(config)
  if (!read.valid) throw new Error(read.mistakes.join('; '))
  return read.config
}

/** A target in this process, until the test is over, and a client of it. */
export async function started(config: TargetConfigInput): Promise<RunningTarget & ReturnType<typeof client>> {
  const target = await startTarget(parsed(config), 0)
  onTestFinished(() => target.close())
  return { ...target, ...client(target.url) }
}

/** The same, with a clock that stands still until the test moves it. */
export async function startedWithClock(config: TargetConfigInput) {
  const whole = parsed(config)
  const clock = { nowUs: 1_795_421_500_000_000 }
  const target = await startTarget(whole, 0, { ...behaviourOf(whole), nowUs: () => clock.nowUs })
  onTestFinished(() => target.close())
  return { ...target, ...client(target.url), clock }
}
