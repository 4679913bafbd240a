/** How a text for a terminal is to look. */
export interface View {
  /** Columns of the terminal; 80 where there is none. */
  width: number
  /** Colour and weight beside the words. */
  color: boolean
}
