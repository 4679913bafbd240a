#!/usr/bin/env node
// Fires at the catalogue of faulty limiters and at correct ones, on a simulated clock: each fault has to
// be caught with a certificate, and no correct limiter may be accused. Ends with one line that says so,
// and with exit code 1 where it is not so. ONSET_SEED draws the same histories again.
// npm run faults -- --histories 500    fewer histories of correct limiters than 10,000
// npm run faults -- --list             what is in the catalogue, and who had it
import { parseArgs } from 'node:util'
import { chalk, echo } from 'zx'
import { correctLimiters } from '../test/faults/correct/index.ts'
import { faults } from '../test/faults/index.ts'
import { falseAlarms, hunt, inWords } from '../test/faults/run.ts'

const { histories, list } = options()
if (list) {
  for (const { name, had } of faults) echo(`${chalk.bold(name)}: ${had}`)
  for (const { name } of correctLimiters) echo(`${chalk.bold(name)}: correct`)
} else {
  process.exitCode = (await everythingHolds(seedOfRun())) ? 0 : 1
}

function options(): { histories: number; list: boolean } {
  try {
    const { values } = parseArgs({
      options: { histories: { type: 'string', default: '10000' }, list: { type: 'boolean', default: false } },
    })
    const histories = Number(values.histories)
    if (!Number.isSafeInteger(histories) || histories < 0)
      throw new Error(`--histories: expected a whole number of 0 or more, found ${values.histories}`)
    return { histories, list: values.list }
  } catch (error) {
    console.error((error as Error).message)
    process.exit(2)
  }
}

function seedOfRun(): number {
  const seed = Number(process.env.ONSET_SEED ?? Date.now() % 1_000_000)
  if (Number.isSafeInteger(seed)) return seed
  console.error(`ONSET_SEED: expected a whole number, found ${process.env.ONSET_SEED}`)
  process.exit(2)
}

async function everythingHolds(seed: number): Promise<boolean> {
  let caught = 0
  for (const fault of faults) {
    const found = await hunt(fault, seed)
    if (found.caught) caught++
    else echo(chalk.red(`not caught: ${found.missed.map(inWords).join('\n            ')}`))
  }
  const alarms = await falseAlarms(correctLimiters, seed, histories)
  for (const alarm of alarms) echo(chalk.red(`false alarm: ${inWords(alarm)}`))
  const inAll = histories.toLocaleString('en')
  echo(
    `${caught} of ${faults.length} faulty limiters caught; ${alarms.length} false alarms in ${inAll} histories of ${correctLimiters.length} correct limiters (seed ${seed})`,
  )
  return caught === faults.length && alarms.length === 0
}
