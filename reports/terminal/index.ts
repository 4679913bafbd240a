export { counted, linesText, millisecondsText, spanText, windowText } from './amounts.ts'
export {
  capacitySentences,
  capacityVerdict,
  latencyFigures,
  refusingRows,
  renderCapacity,
  stepLine,
} from './capacity.ts'
export {
  againstBaseSentence,
  comparisonNotes,
  comparisonSentence,
  intervalText,
  latencyWords,
  marginText,
  openLatencies,
  ratioText,
  renderAgainstBase,
  renderComparison,
  renderNoBase,
  renderSeries,
  rowName,
  settlingLatencies,
  sideText,
} from './comparison.ts'
export { headlineWords, notCarriedOut } from './headline.ts'
export { renderInquiry } from './inquiry.ts'
export { explanationTexts, onsetText, recoveryText } from './limits.ts'
export { noteBlocks } from './notes.ts'
export { phaseText } from './phase.ts'
export { type Intent, renderIntent } from './plan.ts'
export { progressLine, renderProgress } from './progress.ts'
export { type NamedFile, renderResult } from './result.ts'
export { createStyle, type Style, verdictWords } from './style.ts'
export { renderTuning } from './tuning.ts'
export { amountsToTexts, type RecommendationTexts, recommendationTexts } from './tuning-choice.ts'
export { candidateText, objectiveTexts, percentText, quietText, stretchText } from './tuning-words.ts'
export type { View } from './view.ts'
export { visible } from './visible.ts'
export { listItem, paragraph, wrapped } from './wrap.ts'
