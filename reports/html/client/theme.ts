/**
 * The switch between light and dark. Until it is used the system decides. Nothing is stored: a file that
 * is opened again starts with the system's choice.
 * @param onChange called whenever other colours are in effect.
 */
export function setUpTheme(button: HTMLButtonElement, onChange: () => void): void {
  const root = document.documentElement
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches)
  const show = () => {
    button.setAttribute('aria-pressed', String(isDark()))
    onChange()
  }
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark'
    show()
  })
  dark.addEventListener('change', show)
  let before: string | undefined
  let opened: HTMLDetailsElement[] = []
  addEventListener('beforeprint', () => {
    before = root.dataset.theme
    root.dataset.theme = 'light'
    opened = [...document.querySelectorAll('details')].filter(({ open }) => !open)
    for (const details of opened) details.open = true
    onChange()
  })
  addEventListener('afterprint', () => {
    if (before === undefined) delete root.dataset.theme
    else root.dataset.theme = before
    for (const details of opened) details.open = false
    onChange()
  })
  show()
}
