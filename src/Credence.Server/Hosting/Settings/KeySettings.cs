namespace Credence.Server.Hosting.Settings;

/// <summary>What signs tokens, and what encrypts keys that the database holds (design D3). The Keys room itself judges the keys.</summary>
internal static class KeySettings
{
    private const string RsaForm = "PEM text, 2048 bits or more; `\\n` may stand for line ends";
    private const string EncryptionForm = "32 bytes, as 64 hexadecimal or 44 base64 characters";

    public static readonly Setting<string?> RsaPrivateKey = Key(
        "RSA_PRIVATE_KEY", RsaForm, "The RSA signing key.", "outside development, unless another source of keys is set");

    public static readonly Setting<string?> JwtPrivateKey = Key(
        "JWT_PRIVATE_KEY", RsaForm, "The RSA signing key, as one half of a pair.", "JWT_PUBLIC_KEY is set");

    public static readonly Setting<string?> JwtPublicKey = Key(
        "JWT_PUBLIC_KEY", "PEM text", "The other half of JWT_PRIVATE_KEY.", "JWT_PRIVATE_KEY is set");

    public static readonly Setting<string?> EcPrivateKeyFile = new("EC_PRIVATE_KEY_FILE", Forms.Text)
    {
        Aliases = ["APP_ENV_JWKS_PRIVATE_KEY_FILE"],
        Form = "a file",
        About = "The P-256 signing key as PEM. Without one, what would be signed with it is signed with the RSA key, unless the database keeps one.",
    };

    public static readonly Setting<string?> Ed25519PrivateKeyFile = new("ED25519_PRIVATE_KEY_FILE", Forms.Text)
    {
        Form = "a file",
        About = "The Ed25519 key as PEM. Without one, a key is made and kept in the database.",
    };

    public static readonly Setting<string?> KeysDir = new("KEYS_DIR", Forms.Text)
    {
        Aliases = ["APP_ENV_JWKS_DIR", "RSA_KEYS_DIR"],
        Form = "a folder",
        About = "A folder of `*.pem` keys, watched for changes: of each kind the file whose name sorts last signs, `*.next.pem` is published ahead.",
    };

    public static readonly Setting<bool> AutoGenerate = new("AUTO_GENERATE_KEYS", Forms.Flag)
    {
        Form = "true or false",
        Default = "true in development, else false",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "true" : "false",
        About = "Makes the keys that are missing and keeps them. Refused in production.",
    };

    public static readonly Setting<string?> DataEncryptionKey = Key(
        "DATA_ENCRYPTION_KEY", EncryptionForm,
        "Encrypts keys and secrets in the database. Set alone, it is a source of keys too: they are made, kept encrypted and rotated.",
        "DATA_ENCRYPTION_KEY_PREVIOUS is set", "VAULT_ENCRYPTION_KEY");

    public static readonly Setting<string?> DataEncryptionKeyPrevious = Key(
        "DATA_ENCRYPTION_KEY_PREVIOUS", EncryptionForm, "The key before this one: still decrypts what it encrypted.", "");

    public static readonly Setting<string?> ApplicationSecret = Application(
        "APP_ENV_APPLICATION_SECRET", "APPLICATION_SECRET",
        "What providers' credentials are encrypted under, and one-time codes hashed and their sessions sealed with; the same on every server. Unset: derived from the key that secrets are encrypted under.");

    public static readonly Setting<string?> ApplicationSecretPrevious = Application(
        "APP_ENV_APPLICATION_SECRET_PREVIOUS", "APPLICATION_SECRET_PREVIOUS", "The one before it: still decrypts, until `credence config reencrypt` has run.");

    public static readonly Setting<int> RotationDays = new("KEY_ROTATION_DAYS", Forms.Number(1, 3650))
    {
        Form = "days, 1 to 3650",
        Default = "90",
        About = "How long a key that the database keeps signs before the next one takes over.",
    };

    public static readonly Setting<TimeSpan> PublishAhead = new("KEY_PUBLISH_AHEAD", Forms.Duration("5m", "30d"))
    {
        Form = "a number and s, m, h or d; 5m to 30d",
        Default = "24h",
        About = "How long a new key is published before it signs.",
    };

    public static readonly Setting<TimeSpan> ReloadInterval = new("KEY_RELOAD_INTERVAL", Forms.Duration("1s", "5m"))
    {
        Form = "a number and s, m, h or d; 1s to 5m",
        Default = "10s",
        About = "How often a node looks for what others did to the keys.",
    };

    public static readonly SettingGroup Group = new("Keys",
    [
        RsaPrivateKey, JwtPrivateKey, JwtPublicKey, EcPrivateKeyFile, Ed25519PrivateKeyFile, KeysDir, AutoGenerate,
        DataEncryptionKey, DataEncryptionKeyPrevious, ApplicationSecret, ApplicationSecretPrevious, RotationDays, PublishAhead, ReloadInterval,
    ]);

    private static Setting<string?> Application(string name, string alias, string about) => new(name, Forms.ApiKey)
    {
        Aliases = [alias],
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = about,
        Mask = Masks.Whole,
    };

    private static Setting<string?> Key(string name, string form, string about, string requiredWhen, params string[] aliases) => new(name, Forms.Text)
    {
        Aliases = aliases,
        OrFile = true,
        FileIsReadByRoom = true,
        Form = form,
        About = about,
        RequiredWhen = requiredWhen,
        Mask = name == "JWT_PUBLIC_KEY" ? null : Masks.Whole,
    };
}
