/** Names that have broken a backup, a shell, a URL or a sort order before. Each becomes a small file. */
export const oddNames: readonly string[] = [
  // Unicode: composed and decomposed twins, beyond the basic plane, joined, right to left, full width
  '\u00e9t\u00e9.txt',
  'e\u0301te\u0301.txt',
  '日本語のファイル.txt',
  '\u{1F388} balloon.txt',
  '\u{1F468}\u200d\u{1F469}\u200d\u{1F467}.txt',
  'שלום عالم.txt',
  '\ufeffbyte-order-mark.txt',
  // the last two sort one way by UTF-16 unit and the other by UTF-8 byte
  '\uff5e full width.txt',
  '\u{1F600} smile.txt',
  // quoting
  '100% %20 %.txt',
  'a#b?c&d=e+f;g.txt',
  'it\'s "quoted" `here` $HOME.txt',
  'back\\slash.txt',
  'colon:star*pipe|less<more>.txt',
  '{a,b} [c] (d) !e ~f ^g @h.txt',
  '-rf',
  '--help',
  '@argument-file',
  '*',
  '$(reboot)',
  "'",
  '"',
  // what Windows cannot name
  'trailing space ',
  'trailing dot.',
  'con',
  'AUX.txt',
  'nul.txt',
  'COM1.log',
  // white space and control characters
  ' leading space.txt',
  'tab\there.txt',
  'two\nlines.txt',
  'control\u0001\u001b[31m.txt',
  'delete\u007f.txt',
  '\r',
  // dots and hiding
  '.hidden',
  '...',
  '..foo',
  '.foo..',
  '~backup~',
  'no-extension',
  // twins that differ by case only
  'README.md',
  'readme.md',
  // "order" is a directory too: its content sorts before, between or after these, depending on who sorts
  'order-1.txt',
  'order.txt',
  'order0.txt',
  // the longest names there are: 255 bytes
  `${'n'.repeat(251)}.txt`,
  '長'.repeat(85),
];

/** Cannot be written as text: bytes that are not UTF-8. */
export const brokenName = Buffer.from([0x62, 0x72, 0x6f, 0x6b, 0x65, 0x6e, 0xff, 0xfe, 0x80, 0x2e, 0x74, 0x78, 0x74]);
