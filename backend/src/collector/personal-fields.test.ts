import { createFieldTreatments, treatmentOf } from './personal-fields.js';

describe('treatmentOf', () => {
  it.each([
    'userId',
    'user.email',
    'user_name',
    'enduser.id',
    'commit.author.email',
    'client.address',
    'Email',
  ])('hides the person in %s', (name) => {
    expect(treatmentOf(name)).toBe('pseudonymise');
  });

  it.each([
    'prompt',
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.system_instructions',
    'gen_ai.tool.call.arguments',
    'gen_ai.prompt.0.content',
    'tool_parameters',
    'http.request.header.authorization',
    'process.command_args',
  ])('leaves out the content in %s', (name) => {
    expect(treatmentOf(name)).toBe('drop');
  });

  it.each(['prompt_length', 'prompt.id', 'host.name', 'gen_ai.request.model', 'change', 'pullRequest', ''])(
    'keeps %s',
    (name) => {
      expect(treatmentOf(name)).toBe('keep');
    },
  );
});

describe('createFieldTreatments', () => {
  it('gives the same answer when it remembers', () => {
    const treatments = createFieldTreatments();
    expect([treatments('userId'), treatments('userId'), treatments('x')]).toEqual([
      'pseudonymise',
      'pseudonymise',
      'keep',
    ]);
  });
});
