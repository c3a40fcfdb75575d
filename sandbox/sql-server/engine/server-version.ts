/** Whether a version such as `15.0.4043.16` is a major version at a build or later, or any later major version. */
export function isAtLeast(version: string, [major, build]: readonly [major: number, build: number]): boolean {
  const [ownMajor = 0, , ownBuild = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownBuild >= build);
}
