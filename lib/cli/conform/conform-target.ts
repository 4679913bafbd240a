import { type OtherKeys, withOtherKeys } from '../../conform/index.ts'
import { defaultOutcomeRule } from '../../history/index.ts'
import { ExitCode } from '../../result/index.ts'
import { specInEffect, specText, type TargetChoice, writtenIn } from '../../run/index.ts'
import { documentedOncallLimits, type Spec, shortened } from '../../spec/index.ts'
import { parseTargetConfig } from '../../target/index.ts'
import type { Asked } from '../command.ts'
import { Failure } from '../failure.ts'
import type { OptionReader } from '../options/option-reader.ts'
import { enforcing, readEmbeddedConfig } from '../serve/embedded-config.ts'
import { readSpecFile } from '../spec-file.ts'
import { prepareConnections } from '../verify/connections.ts'

/** Who is to be asked, and what is known of its limits. */
export interface ConformTarget {
  spec: Spec
  /** The same as a file, the key as `${NAME}`. */
  specText: string
  target: Exclude<TargetChoice, { kind: 'http' }>
  otherKeys: OtherKeys
  /** How long nothing is sent first. */
  quietMs: number
  remarks: string[]
}

/** Without a spec nobody wants to wait for windows of five minutes. */
const demoWindowMs = 10_000

/**
 * Reads whom `onset conform` is to ask; what is wrong is noted.
 * @throws {Failure} where the spec cannot be used at all.
 */
export async function readConformTarget(
  reader: OptionReader,
  path: string | undefined,
  options: Asked['options'],
): Promise<ConformTarget | undefined> {
  const windowMs = reader.duration('--window', options.window, 100, 168 * 3_600_000)
  const file = path === undefined ? undefined : await readSpecFile(path, false)
  if (file && !file.ok) throw new Failure(ExitCode.mistake, [...reader.mistakes, ...file.mistakes])
  const written: Spec = file?.spec ?? {
    limits: [...documentedOncallLimits],
    outcomes: defaultOutcomeRule,
    clockDriftPpm: 200,
  }
  const named = written.target
  if (named?.kind === 'http') {
    reader.complain(`${path}: the questions are about an OnCall, and target.kind is http`)
  }
  if (named?.integrations) {
    reader.complain(
      `${path}: target.integrations: questions are asked at integrations of their own; leave it out`,
    )
  }
  if (named && options.window !== undefined) {
    reader.complain(`--window shortens the windows of the embedded target, and ${path} names another`)
  }
  if (named && options.embedded !== undefined) {
    reader.complain(`--embedded is for the embedded target, and ${path} names another`)
  }
  if (named)
    return reader.mistakes.length > 0 ? undefined : await ofNamed(written, file?.text ?? '', path, options)
  return await ofEmbedded(
    reader,
    written,
    windowMs ?? (path === undefined ? demoWindowMs : undefined),
    path,
    options,
  )
}

async function ofNamed(
  written: Spec,
  text: string,
  path: string | undefined,
  options: Asked['options'],
): Promise<ConformTarget | undefined> {
  const { target } = written
  if (!target || target.apiKey === undefined) return undefined
  const { spec, quietMs } = specInEffect(written, text, options.wait !== false)
  await prepareConnections(target, path ?? '')
  const { url, replicas, ingestUrl, apiKey, setupKey, stackUrl, otherKeys = {} } = target
  return {
    spec,
    specText: specText(spec, writtenIn(text)),
    target: { kind: 'oncall', url, replicas, ingestUrl, apiKey, setupKey, stackUrl },
    otherKeys,
    quietMs,
    remarks: target.dedicated
      ? []
      : [
          'The target is not dedicated, so others may use up its limits too, and most questions about limits cannot be told.',
        ],
  }
}

async function ofEmbedded(
  reader: OptionReader,
  written: Spec,
  windowMs: number | undefined,
  path: string | undefined,
  options: Asked['options'],
): Promise<ConformTarget | undefined> {
  const spec = windowMs === undefined ? written : shortened(written, windowMs)
  const embedded = options.embedded as string | undefined
  const told = await readEmbeddedConfig(reader, '--embedded', embedded, enforcing(spec.limits), {})
  const { config, otherKeys } = withOtherKeys(told)
  const parsed = parseTargetConfig(config)
  if (!parsed.valid) for (const mistake of parsed.mistakes) reader.complain(`the embedded target: ${mistake}`)
  const remark = path === undefined ? 'No spec was named' : `${path} names no target`
  return {
    spec,
    specText: specText(spec),
    target: { kind: 'embedded', config },
    otherKeys,
    quietMs: 0,
    remarks: [`${remark}: the embedded target is asked.`],
  }
}
