export { type Guess, nextGuess } from './next-guess.ts'
export { roundestWindowMs } from './round-window.ts'
