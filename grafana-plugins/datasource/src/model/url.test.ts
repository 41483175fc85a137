import { explainUrl } from './url';

describe('explainUrl', () => {
  it.each([[''], ['http://127.0.0.1:4320'], ['https://metrics.example.org/analytics']])(
    'accepts "%s"',
    (url) => {
      expect(explainUrl(url)).toBeUndefined();
    },
  );

  it.each([['localhost:4320'], ['metrics'], ['ftp://x'], ['http://x/v1'], ['http://x?a=1'], ['http://x/']])(
    'refuses "%s"',
    (url) => {
      expect(explainUrl(url)).toBeDefined();
    },
  );
});
