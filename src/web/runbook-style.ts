/** For a screen at night and for paper: what is printed is black on white and breaks between steps. */
export const runbookStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --text: #17202b; --quiet: #55616e; --line: #d5dce4; --code: #f2f5f8;
  --bad: #b3261e; --bad-ground: #fdeceb; --accent: #1b5fc1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12171d; --text: #e4eaf1; --quiet: #9aa7b5; --line: #2d3743; --code: #1b232c;
    --bad: #ff9d94; --bad-ground: #3a1816; --accent: #7db0ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 56rem; padding: 1.5rem 1.25rem 4rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--text); }
h3 { font-size: 1rem; margin: 0 0 .35rem; }
p { margin: 0 0 .5rem; }
a { color: var(--accent); }
code { font: .88em ui-monospace, "SF Mono", Consolas, "Liberation Mono", monospace; }
p code, li code, dd code, td code, h3 code { background: var(--code); padding: .05em .25em; border-radius: .2em; }
pre { margin: 0 0 .7rem; padding: .6rem .75rem; background: var(--code); border: 1px solid var(--line); border-radius: .3rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0 0 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
nav ol { columns: 2; margin: 0; padding-left: 1.5rem; }
.warnings { border: 2px solid var(--bad); border-radius: .4rem; background: var(--bad-ground); padding: .75rem 1rem; margin: 1rem 0; }
.warnings h2 { border: 0; margin: 0 0 .35rem; padding: 0; color: var(--bad); }
.warnings ul { margin: 0; padding-left: 1.1rem; }
.step { margin: 1.1rem 0 1.4rem; }
.careful { border-left: .3rem solid var(--bad); background: var(--bad-ground); padding: .35rem .75rem; }
.prompt { border-left: .3rem solid var(--accent); padding: .1rem .75rem; }
.check { padding-left: 1.75rem; text-indent: -1.75rem; }
.check::before { content: "\\2610"; display: inline-block; width: 1.75rem; text-indent: 0; font-size: 1.15em; line-height: 1; }
.label { margin: 0 0 .15rem; color: var(--quiet); font-size: .85rem; }
.way { font-weight: 400; font-size: .8rem; border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .55rem; color: var(--quiet); white-space: nowrap; }
table { border-collapse: collapse; width: 100%; margin: 0 0 .7rem; font-size: .88rem; }
th, td { overflow-wrap: break-word; border: 1px solid var(--line); padding: .3rem .5rem; text-align: left; vertical-align: top; height: 2rem; }
th { background: var(--code); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } nav ol { columns: 1; } }
@media print {
  :root { --ground: #fff; --text: #000; --quiet: #333; --line: #999; --code: #f4f4f4; --bad: #000; --bad-ground: #fff; --accent: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  h2, h3, .label { break-after: avoid; }
  p, li, dd, .careful, .prompt, tr { break-inside: avoid; }
  pre { font-size: 8.5pt; }
  a { text-decoration: none; }
}
`;
