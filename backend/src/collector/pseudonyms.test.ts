import { createPseudonyms, hideEmails, pseudonymOf } from './pseudonyms.js';

const mask = () => 'u_x';

describe('pseudonymOf', () => {
  it('is u_ and the first 16 digits of HMAC-SHA256', () => {
    // RFC 4231, test case 2.
    expect(pseudonymOf('what do ya want for nothing?', 'Jefe')).toBe('u_5bdcc146bf60754e');
  });
});

describe('createPseudonyms', () => {
  it('gives a person the same pseudonym each time, and another one for each tenant', () => {
    const pseudonyms = createPseudonyms();
    const [acme, other] = [pseudonyms('salt-a'), pseudonyms('salt-b')];
    expect(acme('ada')).toBe(acme('ada'));
    expect(acme('ada')).toBe(pseudonymOf('ada', 'salt-a'));
    expect(other('ada')).toBe(pseudonymOf('ada', 'salt-b'));
    expect(acme('ada')).not.toBe(other('ada'));
  });
});

describe('hideEmails', () => {
  it.each([
    ['ada@example.com', 'u_x'],
    ['mailto:ada.l+x@mail.example.co.uk!', 'mailto:u_x!'],
    ['/users/ada%40example.com/runs', '/users/u_x/runs'],
    ['from a@b.io to c@d.io', 'from u_x to u_x'],
  ])('hides the address in %s', (text, hidden) => {
    expect(hideEmails(text, mask)).toBe(hidden);
  });

  it.each(['left-pad@1.3.0', '@scope/name', 'git@github.com:acme/web.git', 'a @ b', 'no address'])(
    'leaves %s as it is',
    (text) => {
      expect(hideEmails(text, mask)).toBe(text);
    },
  );
});
