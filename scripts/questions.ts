/**
 * Asks stand-ins that differ in every known way, one by one and several at a time, and prints how often each
 * question was answered rightly, honestly not, or wrongly; and so what was found of what answers claim of limits.
 * The exit code is 1 where an answer is wrong, or a platform could not be asked.
 *
 *   node scripts/questions.ts [--random 50] [--seed N] [--at-once 3] [--only TEXT] [--questions ID,ID] [--why]
 */
import { parseArgs } from 'node:util'
import { type QuestionId, questions } from '../lib/conform/index.ts'
import { seededRandom } from '../lib/simulate/index.ts'
import { headerClaims, type Marked } from '../test/conform/ask-stand-in.ts'
import { markApart } from '../test/conform/mark-apart.ts'
import { combined, drawCombination, type Switch, switches } from '../test/conform/switches.ts'

const { values } = parseArgs({
  options: {
    random: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    'at-once': { type: 'string', default: '3' },
    only: { type: 'string' },
    questions: { type: 'string' },
    why: { type: 'boolean', default: false },
  },
})

const random = seededRandom(Number(values.seed))
const drawn = Array.from({ length: Number(values.random) }, () => combined(drawCombination(random)))
const { only } = values
const all = [...switches.filter(({ name }) => !only || name.includes(only)), ...drawn]
const asked = values.questions?.split(',') as QuestionId[] | undefined
console.log(`${all.length} platforms, seed ${values.seed}`)

const marked: Marked[] = []
const queue = [...all]
const reasonsOf = (found: readonly Marked[]) =>
  found
    .filter(({ mark, question }) => mark === 'wrong' || (mark === 'cannot tell' && question !== headerClaims))
    .map(({ question, why }) => `  ${question}: ${why}`)
const unasked: string[] = []
/** What cannot be asked is said, and keeps the others from nothing. */
const marksOf = async (platform: Switch) => {
  try {
    return await markApart(platform, asked)
  } catch (error) {
    unasked.push(platform.name)
    console.log(`NOT ASKED, ${(error as Error).message}`)
    return []
  }
}
const work = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const found = await marksOf(next)
    if (found.length === 0) continue
    marked.push(...found)
    const of = (mark: Marked['mark']) => found.filter((one) => one.mark === mark)
    const open = of('cannot tell')
      .map(({ question }) => question)
      .filter((question) => question !== headerClaims)
    const wrong = of('wrong').map(({ question, says, truth }) => `${question} says ${says}, is ${truth}`)
    console.log(
      `${next.name}: ${of('right').filter(({ question }) => question !== headerClaims).length} right${open.length > 0 ? `, cannot tell ${open.join(', ')}` : ''}${wrong.length > 0 ? `, WRONG ${wrong.join('; ')}` : ''}`,
    )
    if (values.why) for (const reason of reasonsOf(found)) console.log(reason)
  }
}
await Promise.all(Array.from({ length: Number(values['at-once']) }, work))

const widest = Math.max(...questions.map(({ id }) => id.length))
console.log(`\n${'QUESTION'.padEnd(widest)}  RIGHT  CANNOT TELL  WRONG`)
for (const id of [...questions.map((question) => question.id), headerClaims]) {
  const of = (mark: Marked['mark']) =>
    String(marked.filter((one) => one.question === id && one.mark === mark).length)
  console.log(
    `${id.padEnd(widest)}  ${of('right').padStart(5)}  ${of('cannot tell').padStart(11)}  ${of('wrong').padStart(5)}`,
  )
}
if (unasked.length > 0) console.log(`\n${unasked.length} of ${all.length} platforms could not be asked.`)
process.exitCode = unasked.length > 0 || marked.some(({ mark }) => mark === 'wrong') ? 1 : 0
