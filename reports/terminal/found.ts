import type { Finding, FindingKind, Result } from '../../lib/result/index.ts'
import { createStyle, verdictWords } from './style.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem, paragraph } from './wrap.ts'

/** What a finding of this kind is called. */
const titles: Readonly<Record<FindingKind, string>> = {
  'lost-alerts': 'alerts that were accepted are lost',
  'doubled-alerts': 'alerts are there twice',
  'refused-alert-exists': 'alerts that were refused exist',
  'surplus-alerts': 'more alerts exist than were accepted',
  'unknown-alerts': 'alerts exist whose requests are not in the history',
  'split-group': 'alerts fell into several groups',
  unreconciled: 'whether what was accepted exists is not known',
}

/** What the run found in the target itself, one block each: what is certain first, notes not at all. */
export function foundInTarget({ findings = [] }: Result, view: View): string[][] {
  const of = (level: Finding['level']) => findings.filter((finding) => finding.level === level)
  return [
    ...of('fail').map((finding) => found(finding, 'fail', view)),
    ...of('inconclusive').map((finding) => found(finding, 'inconclusive', view)),
  ]
}

function found(
  { kind, descriptor, why, requests }: Finding,
  verdict: 'fail' | 'inconclusive',
  view: View,
): string[] {
  const style = createStyle(view.color)
  const word = verdictWords[verdict]
  const title = `${visible(descriptor)}: ${titles[kind]}`
  const [first = '', ...rest] = listItem(`${word}  `, title, view.width, 0)
  return [
    style.verdict(verdict, word) + style.strong(first.slice(word.length)),
    ...rest.map(style.strong),
    ...paragraph(visible(why), view.width, 2),
    ...(requests ? paragraph(named(requests), view.width, 2) : []),
  ]
}

const shownRequests = 8

/** The ids by which records of the history are found. */
function named(requests: readonly string[]): string {
  const shown = requests.slice(0, shownRequests).map(visible).join(', ')
  const more = requests.length - shownRequests
  return `In the history, by its "request": ${shown}${more > 0 ? ' and others' : ''}.`
}

/** What fails beside the limits, to be read on after a sentence about these; empty where nothing does. */
export function failsInTarget({ findings = [] }: Result): string {
  const kinds = new Set(findings.filter(({ level }) => level === 'fail').map(({ kind }) => kind))
  const words = [...kinds].map((kind) => titles[kind])
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '')
}

/** Findings that change nothing, as sentences. */
export function foundNotes({ findings = [] }: Result): string[] {
  return findings
    .filter(({ level }) => level === 'note')
    .map(({ descriptor, why }) => `${descriptor}: ${why}`)
}
