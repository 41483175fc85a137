/** What becomes of an attribute: kept, its person hidden behind a pseudonym, or left out as content. */
export type FieldTreatment = 'keep' | 'pseudonymise' | 'drop';

/** Names, without case and separators, whose value tells one person from another. */
export const personalNames: ReadonlySet<string> = new Set([
  'user',
  'userid',
  'username',
  'useremail',
  'usermail',
  'userlogin',
  'userfullname',
  'userhash',
  'useraccountuuid',
  'useraccountid',
  'enduserid',
  'enduserpseudoid',
  'authid',
  'accountuuid',
  'accountemail',
  'login',
  'email',
  'emailaddress',
  'mail',
  'fullname',
  'firstname',
  'lastname',
  'displayname',
  'phone',
  'phonenumber',
  'author',
  'authorname',
  'authoremail',
  'committer',
  'committername',
  'committeremail',
  'owneremail',
  'processowner',
  'ip',
  'ipaddress',
  'clientip',
  'clientaddress',
  'sourceaddress',
  'httpclientip',
  'remoteaddr',
  'remoteaddress',
  'remoteuser',
  'netpeerip',
  'netsockpeeraddr',
  'networkpeeraddress',
  'devicename',
]);

/** Names, without case and separators, under which prompts, answers and other content travel. */
export const contentNames: ReadonlySet<string> = new Set([
  'prompt',
  'prompttext',
  'userprompt',
  'systemprompt',
  'completion',
  'completiontext',
  'responsetext',
  'toolinput',
  'tooloutput',
  'toolarguments',
  'toolparameters',
  'toolresult',
  'toolresultcontent',
  'genaiinputmessages',
  'genaioutputmessages',
  'genaisysteminstructions',
  'genaitoolcallarguments',
  'genaitoolcallresult',
  'genaitooldefinitions',
  'genaiprompt',
  'genaicompletion',
  'genairequestprompt',
  'genaievaluationexplanation',
  'exceptionmessage',
  'exceptionstacktrace',
  'dbstatement',
  'dbquerytext',
  'urlquery',
  'httprequestbody',
  'httpresponsebody',
]);

/** Families of such names: `gen_ai.prompt.0.content`, `http.request.header.authorization`. */
const contentPrefix =
  /^(?:gen_ai\.(?:prompt|completion|input\.messages|output\.messages|system_instructions)\.|llm\.(?:prompts|completions|input_messages|output_messages)\.|(?:http\.(?:request|response)\.)header\.|process\.command)/;

const NAMES_REMEMBERED_MAX = 10_000;

/**
 * Tells what an attribute's name means for privacy. The last two parts of a dotted name are looked at also alone, so
 * that `commit.author.email` is found. Remembers names, because producers send the same ones over and over.
 */
export function createFieldTreatments(): (name: string) => FieldTreatment {
  const remembered = new Map<string, FieldTreatment>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    if (remembered.size >= NAMES_REMEMBERED_MAX) remembered.clear();
    const treatment = treatmentOf(name);
    remembered.set(name, treatment);
    return treatment;
  };
}

export function treatmentOf(name: string): FieldTreatment {
  if (contentPrefix.test(name)) return 'drop';
  const parts = name.split(/[.[\]/:]/);
  const candidates = [parts, parts.slice(-2), parts.slice(-1)].map((some) => normalise(some.join('')));
  if (candidates.some((candidate) => contentNames.has(candidate))) return 'drop';
  return candidates.some((candidate) => personalNames.has(candidate)) ? 'pseudonymise' : 'keep';
}

function normalise(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
