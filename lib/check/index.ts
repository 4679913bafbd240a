export { attributionOf } from './attribution.ts'
export { canBeKept } from './can-be-kept.ts'
export { type Judgement, judge } from './judge.ts'
