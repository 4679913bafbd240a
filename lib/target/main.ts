import { runTarget } from './run.ts'

process.exitCode = await runTarget(process.argv.slice(2))
