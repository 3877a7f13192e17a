"""What is said in English about findings and reasons.

Keys of ``FINDINGS`` are a code, or ``code/kind`` where the kind has a sentence of its own; ``{name}`` stands for a
value of the finding, ``{where}`` for its place in words, ``{kind}`` for its kind in words. ``REASONS`` has two
sentences a code: the condition is true, and it is not.
"""

from __future__ import annotations

from sekisho.words import anomalies

PLACES = {
    "header": "the {name} field",
    "line": "line {line} of the text",
    "part-line": "line {line} of {name}",
    "body": "the text",
    "attachment": "the file {name}",
    "part": "part {name}",
    "message": "the message",
    "envelope": "the envelope",
}
KINDS = {
    "my-number": "My Number",
    "corporate-number": "corporate number",
    "payment-card": "payment card number",
    "phone": "telephone number",
    "email-address": "mail address",
    "bank-account": "bank account",
    "postal-address": "postal address",
    "person-name": "name of a person",
    "executable": "a program",
    "script": "a script",
    "shortcut": "a shortcut",
    "macro": "a document with macros",
    "disk-image": "a disk image",
    "direction-override": "a name written backwards to hide its end",
    "double-extension": "a name with two endings",
    "hidden-end": "a name with a hidden end",
    "pdf": "PDF",
    "zip": "ZIP or Office",
    "ole": "old Office",
    "image": "image",
    "media": "sound or film",
    "text": "text",
    "archive": "archive",
    "office": "Office",
    "7z": "7z",
    "rar": "RAR",
    "pgp": "PGP",
    "signed": "signed",
    "encrypted": "encrypted",
    "repeated-field": "a field that may stand once stands several times",
    "ambiguous-address": "addresses can be read in two ways",
    "person": "person",
    "company": "company",
    "too-deep": "nested too deeply",
    "too-many-parts": "too many parts",
    "too-many-readings": "too many ways to read it",
    "bare-cr": "line ends that only some programs see",
    "boundary-prefix": "a part boundary that only some programs see",
    "several-boundaries": "several part boundaries are declared",
    "odd-boundary": "the part boundary is written oddly",
    "data-behind-padding": "data behind the end of encoded data",
    "file-in-text": "a file within the text",
    "missing-close": "the last part has no end",
    "no-parts": "parts are declared and there are none",
    "parts-after-close": "parts after the declared end",
    "utf-7": "text in UTF-7",
    "message-partial": "only a piece of a message",
    "message-external-body": "content that lies elsewhere",
    "encoded-message": "a message within is encoded",
    "encoded-multipart": "a set of parts is encoded",
    "odd-field-name": "a header field with an odd name",
    "control-in-header": "control characters in the header",
    "byte-order-mark": "a byte-order mark before the header",
    "header-without-end": "a header without an end",
    "junk-in-header": "a line in the header that is no field",
    "blank-before-colon": "a blank before the colon of a field",
    "duplicate-content-type": "two content types",
    "invalid-content-type": "an invalid content type",
    "odd-transfer-encoding": "an odd transfer encoding",
    "duplicate-transfer-encoding": "two transfer encodings",
    "header-too-long": "a header that is too long",
    "several-charsets": "several charsets are declared",
    "too-many-fields": "a field is repeated too often",
    "too-many-parameters": "too many parameters",
    "broken-tnef": "a broken winmail.dat",
    "names-disagree": "the names of a file disagree",
    "preamble-text": "text before the first part",
    "epilogue-text": "text after the last part",
    "sheet": "a hidden sheet",
    "row": "hidden rows",
    "column": "hidden columns",
    "slide": "a hidden slide",
    "comment": "comments",
    "tracked-change": "tracked changes",
    "note": "notes",
    "hidden-text": "hidden text",
    "property": "document properties",
    "ambiguous": "it can be read in two ways",
    "too-big": "too big when unpacked",
    "too-many-files": "too many files",
    "time-out": "reading takes too long",
    "unknown": "an unknown format",
    "crashed": "reading it failed",
}
FINDINGS = {
    **anomalies.findings(1),
    "mass-visible-recipients": "{addresses} outside addresses of {domains} organisations can see each other ({where})",
    "mixed-external-domains": "Outside recipients of {domains} organisations see each other: {names} ({where})",
    "dictionary-word": "A word of the list “{dictionary}” stands in {where}: “{evidence}” (different words: {words})",
    "confidential-marking": "Marked as confidential in {where}: “{evidence}”",
    "dangerous-attachment": "Dangerous file: {where} is {kind}",
    "attachment-type-mismatch": "Not what it says: {where} claims to be {claimed}, its content is {kind} ({type})",
    "uninspectable-attachment": "Cannot be read, so not checked: {where} ({kind})",
    "uninspectable-attachment/broken": "Cannot be read, so not checked: {where} is damaged or cut off",
    "uninspectable-attachment/partial": "Cannot be read, so not checked: {where} is only a piece of a message",
    "uninspectable-attachment/external": "Cannot be read, so not checked: the content of {where} lies elsewhere",
    "encrypted-attachment": "Encrypted, so not checked: {where} ({kind})",
    "header-anomaly": "Mail programs may read the message differently: {kind} ({where})",
    "header-anomaly/repeated-field": "The field {field} may stand once and stands {fields} times",
    "header-anomaly/ambiguous-address": "The addresses in {where} can be read in two ways",
    "protected-message": "The message is signed or encrypted as a whole and cannot be changed",
    "protected-message/signed": "The message is signed as a whole: a change would break the signature",
    "protected-message/encrypted": "The message is encrypted as a whole and could not be checked",
    "large-message": "The message has {size}, the limit is {limit}",
    "unusual-time": "Sent at an unusual time: {time}",
    "unusual-time/night": "Sent outside the usual hours: {time}",
    "unusual-time/weekend": "Sent at a weekend: {time}",
    "free-mail-recipient": "Consumer mail address: {address} ({addresses} in all)",
    "lookalike-domain": "{address} looks like a mistyped address at {like}",
    "lookalike-domain/homograph": "{address} only looks like an address at {like}: other letters stand in it",
    "missing-attachment": "The text speaks of an attachment (“{evidence}”, {where}), but there is none",
    "unrendered-merge-field": "A placeholder was not filled in: {fields} in {where} (“{evidence}”)",
    "personal-data": "{kind}: {count} in {where} (for example {evidence})",
    "addressee-mismatch": "The text addresses “{name}” ({where}), who is not among the recipients",
    "addressee-mismatch/company": "The text addresses the company “{name}” ({where}), which no recipient belongs to",
    "uninspectable-attachment/ambiguous": "Not fully checked: programs may find different contents in {where}",
    "uninspectable-attachment/unknown": "Cannot be read, so not checked: {where} has an unknown format",
    "hidden-content": "Not visible at once: {kind} in {where} ({count}): “{evidence}”",
    "hidden-content/property": "Document properties are left in {where}: “{evidence}”",
    "other-party-in-file": "Names the customer “{customer}”, to whom no recipient belongs: {where} (“{evidence}”)",
}
MORE_PLACES = "{said}; the same in {more} more places"
UNKNOWN_FINDING = "{code} in {where}: {values}"

REASONS = {
    "direction": ("the mail is {test}", "the mail is not {test}"),
    "client": ("the client {address} meets “{test}”", "the client {address} does not meet “{test}”"),
    "sender": ("the sender {address} meets “{test}”", "the sender {address} does not meet “{test}”"),
    "from": ("the author {addresses} meets “{test}”", "the author {addresses} does not meet “{test}”"),
    "recipient": ("recipients meet “{test}”", "no recipient meets “{test}” ({recipients})"),
    "every-recipient": ("every recipient meets “{test}”", "not every recipient meets “{test}” ({others})"),
    "no-recipient": ("no recipient meets “{test}”", "some recipients meet “{test}” ({those})"),
    "recipients": (
        "there are {count} recipients of {domains} organisations ({test})",
        "there are {count} recipients of {domains} organisations, not {test}",
    ),
    "visible-recipients": (
        "{count} addresses of {domains} organisations are visible ({test})",
        "{count} addresses of {domains} organisations are visible, not {test}",
    ),
    "header": ("the header meets “{test}”", "the header does not meet “{test}”"),
    "subject": ("the subject meets “{test}”", "the subject does not meet “{test}”"),
    "text": ("the text meets “{test}” ({where})", "the text does not meet “{test}”"),
    "attachment": ("{count} files meet “{test}” ({names})", "no file meets “{test}”"),
    "finding": ("{finding} was found ({where}; count: {count})", "{finding} was not found"),
    "size": ("the message has {size}, which is {test}", "the message has {size}, which is not {test}"),
    "time": ("the time, {time}, is within “{test}”", "the time, {time}, is not within “{test}”"),
    "score": ("the score {score} is {test}", "the score {score} is not {test}"),
}
FINDING_TOO_WEAK = "{finding} was found with a count of {count}, which is not “{test}”"
OUTSIDE = {
    "off": "the rule is off",
    "spared": "another rule stopped or exempted this for {recipients}; besides: {parts}",
    "unanswered": "it could not be decided for {recipients}, so the rule's on-error ({on-error}) applies: {parts}",
}
"""What stands outside the condition itself."""
AWAY = "it cannot be told because {source} did not answer ({why})"
MATCHED = "matched because {because}"
NOT_MATCHED = "not matched because {because}"
UNDECIDED = "not decided because {because}"
FOR = "{said} (for {matching})"
UNKNOWN_REASON = "{code}: {values}"
AND = "; "
GROUP = "({parts})"
STOP = "."
