import type { Value } from '../tds/columns';
import { defaultCollation } from './databases';
import type { Edition, ServerState } from './server-state';

const engineEditions: Readonly<Record<Edition, number>> = { Enterprise: 3, Developer: 3, Standard: 2, Web: 2, Express: 4 };

/** What SERVERPROPERTY answers; an unknown property is NULL, as on a real server. */
export function serverProperty(server: ServerState, name: string): Value {
  const [major = '', minor = '', build = ''] = server.version.split('.');
  const [machine = server.name, instance = null] = server.name.split('\\');
  const properties: Readonly<Record<string, string | number | null>> = {
    productversion: server.version,
    productmajorversion: major,
    productminorversion: minor,
    productbuild: build,
    productlevel: server.productLevel,
    productupdatelevel: server.productUpdateLevel ?? null,
    edition: `${server.edition} Edition (64-bit)`,
    engineedition: engineEditions[server.edition],
    servername: server.name,
    machinename: machine,
    computernamephysicalnetbios: machine,
    instancename: instance,
    collation: defaultCollation,
    isclustered: 0,
    ishadrenabled: server.group === undefined ? 0 : 1,
    isintegratedsecurityonly: 0,
    instancedefaultbackuppath: server.directory,
    instancedefaultdatapath: 'C:\\Data\\',
    instancedefaultlogpath: 'C:\\Data\\',
  };
  return properties[name.toLowerCase()] ?? null;
}
