export { httpBindings } from './bindings.ts'
