using Credence.Passwords;
using Credence.People;

namespace Credence.Server.Hosting.Settings;

/// <summary>People's accounts: their ids, tokens, passwords and codes (contract identity B.2, C.5).</summary>
internal static class PeopleSettings
{
    public static readonly Setting<int> Node = new("SNOWFLAKE_NODE_ID", Forms.Number(0, PersonId.Nodes - 1))
    {
        Aliases = ["APP_ENV_NODE_ID"],
        Form = "a whole number from 0 to 1023",
        Default = "1",
        About = "The node within people's ids. A process takes the next free one where another has it already.",
    };

    public static readonly Setting<int> TokenSeconds = new("APP_ENV_JWT_EXPIRES_IN", Forms.Number(60, (int)PersonToken.LongestLife.TotalSeconds))
    {
        Form = "seconds, 60 to 604800",
        Default = "86400",
        About = "How long a person's token lives. It is refreshed without a new sign-in.",
    };

    public static readonly Setting<int> PasswordMemory = new("PASSWORD_MEMORY_KIB", Forms.Number(PasswordOptions.LeastMemory, 1024 * 1024))
    {
        Form = "KiB, 19456 to 1048576",
        Default = "65536",
        About = "The memory that hashing one password with Argon2id takes. As many are hashed at once as there are cores, and as two fifths of the memory hold.",
    };

    public static readonly Setting<int> PasswordPasses = new("PASSWORD_PASSES", Forms.Number(2, 20))
    {
        Form = "a whole number from 2 to 20",
        Default = "2",
        About = "How often Argon2id goes through that memory.",
    };

    public static readonly Setting<int> BcryptCost = new("AUTH_BCRYPT_COST", Forms.Number(10, 16))
    {
        Form = "a whole number from 10 to 16",
        Default = "10",
        About = "The cost of bcrypt, for passwords set at the forward-auth door. Weaker ones are hashed anew at the next sign-in.",
    };

    public static readonly Setting<string> PasswordHash = new("PASSWORD_HASH", Forms.OneOf("door", "argon2id"))
    {
        Form = "door or argon2id",
        Default = "door",
        About = "How passwords are hashed: as each door's contract says, or with Argon2id at every door.",
    };

    public static readonly Setting<int?> Failures = new("SIGN_IN_FAILURES", Forms.Limit)
    {
        Form = "a whole number from 1, or `unlimited`",
        Default = "10",
        About = "How many wrong passwords in 15 minutes are taken for one identifier, and from one address.",
    };

    public static readonly Setting<int> SignInPerMinute = new("RATE_LIMIT_SIGN_IN_PER_MINUTE", Forms.Number(1, 10_000_000))
    {
        Form = "calls a minute, from 1",
        Default = "20",
        About = "How often one client address may call each route under `/v1/api/identity/auth` that needs no token, and send each form with which people sign in or up.",
    };

    public static readonly Setting<string?> BasicCredentialsFile = new("APP_ENV_BASIC_CREDENTIALS_FILE", Forms.Text)
    {
        Form = "a path",
        About = "Sister services that call the people door with a name and a secret: in each line a name, a colon, and the SHA-256 of a random secret in hex. A change counts within a second.",
    };

    public static readonly Setting<string> DefaultRole = new("DEFAULT_ROLE", Forms.Text)
    {
        Form = "the identifier of a role",
        Default = "CUSTOMER",
        About = "The role of whoever signs up.",
    };

    public static readonly Setting<string> VerifyEmailPage = new("VERIFY_EMAIL_PAGE", Forms.HttpAddress)
    {
        Form = "an http or https address",
        Default = "`<PUBLIC_BASE_URL>/account`",
        DefaultFrom = values => values.Of(NetworkSettings.PublicBaseUrl) + "/account",
        About = "Where the link leads in the end that proves an e-mail address; `?email=verified` or `?email=expired` is added.",
    };

    public static readonly Setting<bool> DocumentIsPublic = new("APP_ENV_DOC_PUBLIC", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Whether `/v1/api/identity/doc` is shown without a token.",
    };

    public static readonly SettingGroup Group = new(
        "People",
        [BasicCredentialsFile, DefaultRole, Node, TokenSeconds, PasswordMemory, PasswordPasses, BcryptCost, PasswordHash, Failures, SignInPerMinute, VerifyEmailPage, DocumentIsPublic]);
}
