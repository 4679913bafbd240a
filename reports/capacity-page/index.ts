export { capacityPage } from './capacity-page.ts'
