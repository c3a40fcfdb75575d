/**
 * Numbers in the eighty-nine hundreds that say why CHECKDB could not go on and not what it found: 8921 the room in tempdb, 8967 an
 * inner error.
 */
const notFindings = [8921, 8967];
const findings = [605, 823, 824, 825, 5242, 5243, 7984, 7985, 7986, 7987, 7988];

/** Whether an error of DBCC CHECKDB tells of damage, and not of a check that could not be made. */
export function isFinding(number: number): boolean {
  if (findings.includes(number)) return true;
  if (number >= 8900 && number <= 8999) return !notFindings.includes(number);
  // 2520 and 2526 are about the statement.
  return number >= 2500 && number <= 2599 && ![2520, 2526].includes(number);
}
