import type { QuestionGroup } from '../result/index.ts'

/** A question that a platform can be asked. */
export interface Question {
  id: string
  group: QuestionGroup
  asks: string
}

/** All questions, in the order in which they are told. */
export const questions = [
  { id: 'auth-no-key', group: 'authentication', asks: 'Is a request without a key refused?' },
  { id: 'auth-wrong-key', group: 'authentication', asks: 'Is a request with a wrong key refused?' },
  { id: 'auth-bearer', group: 'authentication', asks: 'Is the key understood after the word Bearer?' },
  {
    id: 'auth-other-organization',
    group: 'authentication',
    asks: "Is what belongs to the organization hidden from another organization's key?",
  },
  { id: 'pages-each-once', group: 'pagination', asks: 'Is each item on the pages of a list once?' },
  { id: 'pages-count', group: 'pagination', asks: 'Is the count of a list right?' },
  { id: 'pages-links', group: 'pagination', asks: 'Do the links between pages fit together?' },
  { id: 'pages-size', group: 'pagination', asks: 'Do all pages have the size that was asked for?' },
  { id: 'pages-past-end', group: 'pagination', asks: 'What is a page past the end?' },
  {
    id: 'pages-while-added',
    group: 'pagination',
    asks: 'Are the items of a list on its pages once, while another is added?',
  },
  { id: 'counts-heartbeat', group: 'what counts', asks: "Does a heartbeat use up the integration's limit?" },
  {
    id: 'counts-malformed',
    group: 'what counts',
    asks: "Does a body that is no JSON use up the integration's limit?",
  },
  {
    id: 'counts-get',
    group: 'what counts',
    asks: "Does a GET on an ingest address use up the integration's limit?",
  },
  {
    id: 'counts-several-alerts',
    group: 'what counts',
    asks: 'Do three alerts in one payload count as three?',
  },
  {
    id: 'whose-same-user',
    group: 'what counts',
    asks: 'Does a second key of the same user have a limit of its own?',
  },
  { id: 'whose-other-user', group: 'what counts', asks: "Does another user's key have a limit of its own?" },
  {
    id: 'whose-other-organization',
    group: 'what counts',
    asks: "Does another organization's key have a limit of its own?",
  },
  {
    id: 'isolation-quiet',
    group: 'isolation',
    asks: 'Does a quiet integration still get through beside one at its limit?',
  },
  {
    id: 'isolation-hammered',
    group: 'isolation',
    asks: "Do alerts that an integration's limit refuses leave the organization's alone?",
  },
  {
    id: 'isolation-other-organization',
    group: 'isolation',
    asks: 'Does an integration of another organization still get through while this one is at its limit?',
  },
  {
    id: 'concurrency',
    group: 'concurrency',
    asks: 'Does the limit hold with several requests in flight?',
  },
] as const satisfies readonly Question[]

export type QuestionId = (typeof questions)[number]['id']

/** The question with this id. */
export function questionOf(id: QuestionId): Question {
  return questions.find((question) => question.id === id) as Question
}
