export { renderTuningPage } from './page.ts'
