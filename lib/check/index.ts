export { attributionOf } from './attribution.ts'
export { type Judgement, judge } from './judge.ts'
