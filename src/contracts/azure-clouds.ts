const publicClouds = /\.(windows\.net|azure\.net|chinacloudapi\.cn|azure\.cn|usgovcloudapi\.net)$/;

/** Whether an address is one that Azure itself gives, in any of its clouds. Those of a stamp, of emulators and of proxies are not. */
export function isOfPublicAzure(address: string): boolean {
  return URL.canParse(address) && publicClouds.test(new URL(address).hostname.toLowerCase());
}
