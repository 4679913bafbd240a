import type { Answer, Result } from '../../lib/result/index.ts'
import { counted, linesText } from './amounts.ts'
import { createStyle, type Style } from './style.ts'
import { type Cell, table } from './table.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'
import { listItem } from './wrap.ts'

/** What a platform was asked beside its limits, and what it showed: tables of questions, then what needs more words. */
export function answerBlocks(result: Result, view: View): string[][] {
  const style = createStyle(view.color)
  const { answers = [], unasked = [] } = result
  const blocks = [
    ...answersTables(answers, view, style),
    notesOn('What does not hold', answers, 'violation', view, style),
    notesOn('What could not be told', answers, 'cannot tell', view, style),
    unasked.length === 0
      ? []
      : [
          style.strong('Not asked'),
          ...unasked.flatMap(({ question, why }) =>
            listItem('- ', `${question}: ${visible(why)}`, view.width, 2),
          ),
        ],
  ]
  return blocks.filter((block) => block.length > 0)
}

/** How many answers there are of each kind, in words. */
export function answersSentence(answers: readonly Answer[]): string {
  const of = (weight: Answer['weight']) => answers.filter((answer) => answer.weight === weight).length
  const broken = of('violation')
  const open = of('cannot tell')
  if (open === answers.length) return `${counted(open, 'question')} could not be told.`
  const first =
    broken > 0
      ? `${counted(broken, 'answer')} of ${answers.length} ${broken === 1 ? 'shows' : 'show'} something that should not be.`
      : `Nothing that should not be, in ${counted(answers.length - open, 'answer')}.`
  return open > 0 ? `${first} ${counted(open, 'question')} could not be told.` : first
}

const marks: Record<Answer['weight'], string> = {
  fine: '',
  observation: '',
  violation: '!',
  'cannot tell': '?',
}

function answersTables(answers: readonly Answer[], view: View, style: Style): string[][] {
  const groups = [...new Set(answers.map(({ group }) => group))]
  return groups.map((group) => {
    const rows = answers
      .filter((answer) => answer.group === group)
      .map(({ asks, answer, weight }): Cell[] => [
        { text: asks },
        { text: marks[weight], paint: style.warning },
        {
          text: visible(answer),
          paint: weight === 'violation' ? (text) => style.verdict('fail', text) : undefined,
        },
      ])
    const columns = [{ heading: group.toUpperCase() }, { heading: '' }, { heading: 'ANSWER' }]
    return table(columns, rows, view.width, style.faint).flat()
  })
}

function notesOn(
  heading: string,
  answers: readonly Answer[],
  weight: Answer['weight'],
  view: View,
  style: Style,
): string[] {
  const of = answers.filter((answer) => answer.weight === weight)
  if (of.length === 0) return []
  return [
    style.strong(heading),
    ...of.flatMap(({ question, why, settledBy, records }) => {
      const settled = settledBy === undefined ? '' : ` What would settle it: ${settledBy}`
      const lines = records.length === 0 ? '' : ` (${linesText(records)})`
      return listItem('- ', visible(`${question}: ${why}${settled}${lines}`), view.width, 2)
    }),
  ]
}
