import type { Command as Declared } from 'commander'
import { counted } from '../../../reports/terminal/index.ts'
import {
  defaultOutcomeRule,
  HistoryFileError,
  type HistorySink,
  openHistoryFile,
} from '../../history/index.ts'
import { historyLines } from '../../import/index.ts'
import { ExitCode } from '../../result/index.ts'
import type { Asked, Command } from '../command.ts'
import { Failure } from '../failure.ts'
import { exampleText } from '../options/command-line.ts'
import { createOptionReader } from '../options/option-reader.ts'
import { print, say } from '../output.ts'
import { declareImport, importNamed, readImport } from './import-request.ts'

/** `onset import`: makes a history of what another tool has recorded. */
export const importCommand: Command = { name: 'import', declare, run }

function declare(command: Declared): void {
  command
    .description("Write what another tool has recorded as a history, in Onset's own format.")
    .argument('[file]', 'what the other tool wrote, gzip or not, or - for standard input')
    .option('-o, --output <file>', 'where to write the history; without it, to standard output')
    .addHelpText(
      'after',
      exampleText([
        [
          'make a history of what k6 run --out json has written',
          'onset import run.json --from k6-json --scope key=tag:key -o history.ndjson',
        ],
        [
          'of what k6 run --out csv has written',
          'onset import run.csv --from k6-csv --scope key=tag:key -o history.ndjson',
        ],
        [
          'of what vegeta has recorded, as vegeta encode --to json writes it',
          "onset import run.vegeta --from vegeta-json --scope 'key=url:/v1/([^/]+)/' -o history.ndjson",
        ],
        [
          'of what JMeter has recorded',
          'onset import run.jtl --from jtl --stamp start --scope key=field:label -o history.ndjson',
        ],
        [
          'of what nginx has logged',
          'onset import access.log --from access-log --stamp end --scope client=field:remote_addr -o history.ndjson',
        ],
        [
          'of a log with an object a line',
          'onset import access.json --from access-log-json --scope client=field:client -o history.ndjson',
        ],
      ]),
    )
  declareImport(command)
}

async function run({ operands, options, mistakes }: Asked): Promise<ExitCode> {
  const reader = createOptionReader(mistakes)
  const [named] = operands
  if (named === undefined) reader.complain('name the file to import: onset import FILE --from FORMAT')
  if (options.from === undefined) reader.complain('say what wrote the file, for instance --from k6-json')
  const request = readImport(reader, options)
  if (named === undefined || !request || reader.mistakes.length > 0)
    throw new Failure(ExitCode.mistake, reader.mistakes)
  const read = await importNamed(named, request, defaultOutcomeRule)
  if (Array.isArray(read)) throw new Failure(ExitCode.mistake, read)
  const output = options.output as string | undefined
  try {
    const sink: HistorySink = output === undefined ? standardOutput : openHistoryFile(output)
    for (const line of historyLines(read.history, defaultOutcomeRule)) sink.write(line)
    await sink.close()
  } catch (error) {
    if (!(error instanceof HistoryFileError)) throw error
    throw new Failure(error.problem === 'exists' ? ExitCode.mistake : ExitCode.notCarriedOut, [error.message])
  }
  for (const { message } of read.warnings) say(message)
  const { count, descriptors } = read.history
  say(`Imported ${counted(count, 'request')} of ${counted(descriptors.length, 'descriptor')}.`)
  return ExitCode.pass
}

const standardOutput: HistorySink = { write: print, close: async () => {} }
