export { ClientCodeError } from './client-code.ts'
export type { ReportInput } from './input.ts'
export { renderHtml } from './render.ts'
export { shellWord } from './shell-word.ts'
