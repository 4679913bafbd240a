/** What the plots of this page look like, in the colours of all reports. */
export const plotStyle = `
svg{width:100%;height:auto;display:block;font-size:12px}
svg text{fill:var(--faint)}
svg text.label{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
.grid{stroke:var(--grid)}
.frontier{fill:none;stroke:var(--edge);stroke-width:1.5}
circle{stroke:var(--panel);stroke-width:1}
circle.misses{fill:var(--edge)}
circle.meets{fill:var(--pass)}
circle.today{fill:var(--limited)}
circle.chosen{fill:var(--accepted);stroke:var(--ink);stroke-width:2}
.asked{fill:var(--possible-fill);stroke:var(--accepted);stroke-width:.8}
.refused{fill:var(--limited);opacity:.55}
.refused-today{fill:none;stroke:var(--proof);stroke-width:1.4}
@media(max-width:700px){
svg{font-size:16px}
.plot.broad{overflow-x:auto}
.plot.broad svg{width:760px}
td:first-child,th:first-child{min-width:10em}
}
.swatch{display:inline-block;width:12px;height:12px;border-radius:6px}
.swatch.misses{background:var(--edge)}
.swatch.meets{background:var(--pass)}
.swatch.today{background:var(--limited)}
.swatch.chosen{background:var(--accepted);outline:2px solid var(--ink)}
.swatch.asked{background:var(--possible-fill);outline:1px solid var(--accepted)}
.swatch.refused{background:var(--limited);opacity:.55}
.swatch.refused-today{background:var(--proof);height:3px}
`
