export {
  type Commission,
  carryOutInquiry,
  type Inquired,
  type InquiryWatcher,
} from './carry-out.ts'
export { verdictOf } from './conduct.ts'
export { withOtherKeys } from './embedded-keys.ts'
export { headerResult } from './header-result.ts'
export { type Inquiry, planInquiry, questionsNamed, type Step } from './inquiry.ts'
export { type QuestionId, questions } from './questions.ts'
export type { OtherKeys } from './site.ts'
