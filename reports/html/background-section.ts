import type { Assumption, Attribution, Finding, Result } from '../../lib/result/index.ts'
import { linesText, noteBlocks } from '../terminal/index.ts'
import { type Html, html } from './html.ts'
import { table } from './table.ts'

/** What was found beside the limits, what a reader should know, and what the verdicts rest on. */
export function backgroundSection(result: Result): Html {
  const blocks = noteBlocks(result).filter(({ title }) => title !== 'Assumptions that did not hold')
  return html`<section aria-labelledby="background">
<h2 id="background">Findings, notes and assumptions</h2>
${findings(result.findings)}
${blocks.map(({ title, items }) => html`<h3>${title}</h3><ul>${items.slice(0, mostItems).map((item) => html`<li>${item}</li>`)}</ul>${items.length > mostItems ? html`<p class="note">… and ${items.length - mostItems} more in the result as JSON.</p>` : undefined}\n`)}
${assumptions(result.assumptions)}
${attribution(result.attribution)}
</section>`
}

const mostItems = 50

const levels = { fail: '✕ fail', inconclusive: '◇ inconclusive', note: '· note' } as const

function findings(found: readonly Finding[] | undefined): Html | undefined {
  if (found === undefined) return undefined
  if (found.length === 0)
    return html`<p>What the target has was held against what it answered, and nothing was found wrong.</p>`
  const row = ({ kind, level, descriptor, why, count }: Finding) => [
    levels[level],
    kind,
    descriptor,
    count
      ? count[1] === null
        ? `${count[0]} or more`
        : count[0] === count[1]
          ? `${count[0]}`
          : `${count[0]} to ${count[1]}`
      : '',
    why,
  ]
  const columns = [
    { heading: 'Level', isShort: true },
    { heading: 'Finding', isShort: true },
    { heading: 'Descriptor' },
    { heading: 'How many', isShort: true },
    { heading: 'Why', isProse: true },
  ]
  return table('What was found in the target itself', columns, found.slice(0, mostItems).map(row))
}

function assumptions(all: readonly Assumption[] | undefined): Html | undefined {
  if (!all || all.length === 0) return undefined
  const row = ({ name, held, why, removes = [] }: Assumption) => [
    name,
    held ? '✓ held' : '✕ did not hold',
    [sentence(why), removes.length > 0 ? `No verdict because of it: ${removes.join(', ')}.` : '']
      .filter(Boolean)
      .join(' '),
  ]
  return table(
    'What the verdicts rest on',
    [
      { heading: 'Assumption', isProse: true },
      { heading: 'Did it hold?', isShort: true },
      { heading: 'Why, and what it takes away', isProse: true },
    ],
    all.map(row),
  )
}

/** A reason as a sentence that another may follow. */
function sentence(why = ''): string {
  return why === '' || /[.!?]$/.test(why) ? why : `${why}.`
}

function attribution(kinds: readonly Attribution[] | undefined): Html | undefined {
  if (!kinds || kinds.length === 0) return undefined
  return table(
    'Kinds of refusals: who refused?',
    [
      { heading: 'What they look like', isProse: true },
      { heading: 'Blames' },
      { heading: 'Of' },
      { heading: 'Refusals', isNumber: true },
      { heading: 'Lines', isProse: true },
      { heading: 'Accounted for?', isProse: true },
    ],
    kinds
      .slice(0, mostItems)
      .map(({ looks, limitedBy, descriptors, count, lines, unexpected }) => [
        looks ?? 'the history does not say',
        limitedBy ?? 'no limit',
        descriptors.slice(0, 20).join(', '),
        String(count),
        linesText(lines.slice(0, 20)),
        unexpected ? '✕ no: one kind more than the limits account for' : '✓ yes',
      ]),
  )
}
