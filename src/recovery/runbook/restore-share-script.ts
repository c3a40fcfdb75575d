/** Makes the share of any point from fetched blobs. The page docs/restore-without-hubkeep.md has the same, and is what is tried out. */
export const restoreShareScript = String.raw`import hashlib, json, os, subprocess, sys

store, point, target = sys.argv[1:4]
record = json.load(open(f'{store}/recovery-points/{point}/recovery-point.json', encoding='utf-8'))
PART = 256 * 1024 * 1024


def unzip(data):
    return subprocess.run(['zstd', '-dc'], input=data, stdout=subprocess.PIPE, check=True).stdout


def place_of(path):
    parts = path.split('/')
    if any(part in ('', '.', '..') for part in parts):
        raise SystemExit(f'unsafe path {path!r}')
    return os.path.join(os.fsencode(target), path.encode('utf-8', 'surrogateescape'))


def content_of(entry):
    """Yields the bytes of a file, a mebibyte at a time."""
    extent = entry['extent']
    pack = f"{store}/packs/{extent['pack']}.tar.zst"
    command = f'tail -c +{extent["offset"] + 1} "$0" | head -c {extent["length"]} | zstd -dc'
    with subprocess.Popen(['sh', '-c', command, pack], stdout=subprocess.PIPE) as unzipped:
        unzipped.stdout.read(extent['skip'])
        left = entry['size']
        while left > 0 and (chunk := unzipped.stdout.read(min(left, 1 << 20))):
            left -= len(chunk)
            yield chunk
        unzipped.kill()


def write(entry, place):
    whole, part, parts, size = hashlib.sha256(), hashlib.sha256(), [], 0
    with open(place, 'xb') as file:
        for chunk in content_of(entry) if 'extent' in entry else []:
            file.write(chunk)
            whole.update(chunk)
            part.update(chunk)
            size += len(chunk)
            if size % PART == 0:
                parts.append(part.digest())
                part = hashlib.sha256()
    if size % PART:
        parts.append(part.digest())
    kind, expected = entry.get('hash', ':').split(':')
    found = hashlib.sha256(b''.join(parts)).hexdigest() if kind == 'sha256-parts' else whole.hexdigest()
    if size != entry['size'] or (expected and found != expected):
        print(f"DAMAGED: {entry['path']!r}")
        return 1
    return 0


def nanoseconds(text):
    seconds, _, fraction = text.lstrip('-').partition('.')
    return (-1 if text.startswith('-') else 1) * (int(seconds) * 10**9 + int(fraction.ljust(9, '0')))


os.makedirs(target, exist_ok=True)
damaged, late = 0, []
for segment in record['fileshare']['segments']:
    with open(f"{store}/{segment['key']}", 'rb') as file:
        lines = unzip(file.read()).splitlines()
    for entry in map(json.loads, lines):
        place = place_of(entry['path'])
        when = nanoseconds(entry['mtime'])
        if entry['type'] == 'directory':
            os.mkdir(place)
            late.append((place, when))
        elif entry['type'] == 'symlink':
            late.append((place, when, entry['target'].encode('utf-8', 'surrogateescape')))
        else:
            damaged += write(entry, place)
            os.utime(place, ns=(when, when))
# Links last, so that nothing is written through one; then directories, whose times everything in them has changed.
for place, when, link in (item for item in late if len(item) == 3):
    os.symlink(link, place)
    os.utime(place, ns=(when, when), follow_symlinks=False)
for place, when in reversed([item for item in late if len(item) == 2]):
    os.utime(place, ns=(when, when))
print(f'{damaged} damaged files')
sys.exit(1 if damaged else 0)
`;
