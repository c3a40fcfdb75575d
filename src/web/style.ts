/** The page's whole style. Colours follow the reader's system. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f4f6f8; --card: #ffffff; --line: #dde3ea; --text: #17202b; --quiet: #5b6876;
  --good: #147a4b; --good-ground: #e3f4ea; --doubtful: #8a5a00; --doubtful-ground: #fdf1d7; --bad: #b3261e; --bad-ground: #fbe5e3;
  --accent: #1f6feb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141a; --card: #171e26; --line: #2a3440; --text: #e4eaf1; --quiet: #96a3b1;
    --good: #56d396; --good-ground: #12301f; --doubtful: #f0bf5c; --doubtful-ground: #33270d; --bad: #ff8a80; --bad-ground: #3a1613;
    --accent: #6ea8ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 3rem; background: var(--ground); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1rem; margin-bottom: 1rem; }
h1 { margin: 0; font-size: 1.5rem; letter-spacing: -0.01em; }
header p { margin: 0; color: var(--quiet); }
header strong { color: var(--text); }
h2 { margin: 0 0 .5rem; font-size: 1.1rem; }
p { margin: 0 0 .35rem; }
section { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.25rem; margin-bottom: 1rem; }
code { font: .86em ui-monospace, "SF Mono", Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
section > :last-child { margin-bottom: 0; }
.quiet { color: var(--quiet); font-size: .9rem; }
.verdict { border-left: .4rem solid var(--good); }
.verdict h2 { font-size: 1.45rem; letter-spacing: -0.01em; margin-bottom: .2rem; color: var(--good); }
.verdict.doubtful { border-left-color: var(--doubtful); }
.verdict.doubtful h2 { color: var(--doubtful); }
.verdict.bad { border-left-color: var(--bad); }
.verdict.bad h2 { color: var(--bad); }
ul { margin: .5rem 0 0; padding: 0; list-style: none; }
.progress li { display: grid; grid-template-columns: minmax(10rem, 18rem) minmax(6rem, 16rem) auto; gap: .25rem 1rem; align-items: center; padding: .2rem 0; }
.progress li > :last-child { grid-column: 3; }
progress { width: 100%; height: .6rem; accent-color: var(--accent); }
.problems li { border-left: .25rem solid var(--bad); padding: .35rem .75rem; margin-bottom: .5rem; background: var(--bad-ground); border-radius: .25rem; overflow-wrap: anywhere; }
.problems li.doubtful { border-left-color: var(--doubtful); background: var(--doubtful-ground); }
.problems li:last-child { margin-bottom: 0; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; white-space: nowrap; }
th { text-align: left; font-weight: 600; color: var(--quiet); }
th, td { padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); }
tbody tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
a { color: var(--accent); }
td code { overflow-wrap: normal; }
.badge { padding: .1rem .55rem; border-radius: 1rem; font-size: .82rem; font-weight: 600; background: var(--good-ground); color: var(--good); }
.badge.suspect { background: var(--bad-ground); color: var(--bad); }
.badge.partial { background: var(--doubtful-ground); color: var(--doubtful); }
footer { color: var(--quiet); font-size: .9rem; padding: 0 .25rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .progress li { grid-template-columns: 1fr; }
  .progress li > :last-child { grid-column: 1; }
}
`;
