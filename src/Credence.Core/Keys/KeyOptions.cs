using System.ComponentModel.DataAnnotations;

namespace Credence.Keys;

/// <summary>Where keys come from and how long they live (design D3, contract operations O7). Of a text and a file for the same thing, give one.</summary>
public sealed class KeyOptions
{
    /// <summary><c>RSA_PRIVATE_KEY</c>: the RSA key as PEM text, PKCS#8 or PKCS#1; <c>\n</c> may stand for line ends. Secret.</summary>
    public string? RsaPrivateKey { get; set; }

    /// <summary><c>RSA_PRIVATE_KEY_FILE</c>: a file with the same; replaced in place, it is taken up without a restart.</summary>
    public string? RsaPrivateKeyFile { get; set; }

    /// <summary><c>JWT_PRIVATE_KEY</c>: another name for the RSA key, together with <c>JWT_PUBLIC_KEY</c>. Secret.</summary>
    public string? JwtPrivateKey { get; set; }

    /// <summary><c>JWT_PUBLIC_KEY</c>: the public part of <c>JWT_PRIVATE_KEY</c>, which must match it.</summary>
    public string? JwtPublicKey { get; set; }

    /// <summary><c>JWT_PRIVATE_KEY_FILE</c>: a file with the same as <c>JWT_PRIVATE_KEY</c>.</summary>
    public string? JwtPrivateKeyFile { get; set; }

    /// <summary><c>JWT_PUBLIC_KEY_FILE</c>: a file with the same as <c>JWT_PUBLIC_KEY</c>.</summary>
    public string? JwtPublicKeyFile { get; set; }

    /// <summary><c>EC_PRIVATE_KEY_FILE</c>: a file with the P-256 key as PEM.</summary>
    public string? EcPrivateKeyFile { get; set; }

    /// <summary><c>ED25519_PRIVATE_KEY_FILE</c>: a file with the Ed25519 key as PEM (PKCS#8).</summary>
    public string? Ed25519PrivateKeyFile { get; set; }

    /// <summary>
    /// <c>KEYS_DIR</c>: a watched folder of <c>*.pem</c>. Of each kind, the private key whose file name sorts last signs and the others verify;
    /// a <c>*.next.pem</c> is published and not used yet.
    /// </summary>
    public string? KeysDir { get; set; }

    /// <summary><c>DATA_ENCRYPTION_KEY</c> (alias <c>VAULT_ENCRYPTION_KEY</c>): 32 bytes as 64 hex or 44 base64 characters. Secret. With it, keys that
    /// are not given are made, kept in the database and rotate by themselves.</summary>
    public string? DataEncryptionKey { get; set; }

    /// <summary><c>DATA_ENCRYPTION_KEY_FILE</c>: a file with the same.</summary>
    public string? DataEncryptionKeyFile { get; set; }

    /// <summary><c>DATA_ENCRYPTION_KEY_PREVIOUS</c>: the key before this one; decrypts only. Secret.</summary>
    public string? DataEncryptionKeyPrevious { get; set; }

    /// <summary><c>DATA_ENCRYPTION_KEY_PREVIOUS_FILE</c>: a file with the same.</summary>
    public string? DataEncryptionKeyPreviousFile { get; set; }

    /// <summary><c>APP_ENV_APPLICATION_SECRET</c> (alias <c>APPLICATION_SECRET</c>): what keys for single purposes are derived from. Secret.</summary>
    public string? ApplicationSecret { get; set; }

    /// <summary><c>APP_ENV_APPLICATION_SECRET_PREVIOUS</c>: the one before it; decrypts only. Secret.</summary>
    public string? ApplicationSecretPrevious { get; set; }

    /// <summary><c>AUTO_GENERATE_KEYS</c>: make all that is not given, the encryption key too. For development; refused in production (O9).</summary>
    public bool AutoGenerate { get; set; }

    /// <summary>Where <c>AUTO_GENERATE_KEYS</c> keeps the encryption key that it makes once; only its owner may read the file.</summary>
    public string DevelopmentKeyFile { get; set; } = Path.Combine(".credence", "data-encryption.key");

    /// <summary>A key of this process alone, in place of whatever the settings give: what legacy mode signs with (contract forward-auth C.1).</summary>
    public SigningKey? Ephemeral { get; set; }

    /// <summary><c>KEY_ROTATION_DAYS</c>: how long a key kept in the database signs before the next takes over.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan Rotation { get; set; } = TimeSpan.FromDays(90);

    /// <summary><c>KEY_PUBLISH_AHEAD</c>: how long a new key is published before it signs, so that no verifier meets one it has not read.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan PublishAhead { get; set; } = TimeSpan.FromHours(24);

    /// <summary><c>GRANT_MAX_LIFETIME</c>: the longest life of any token; for so long a key stays published after it last signed (design D16).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "3650.00:00:00")]
    public TimeSpan MaxTokenLifetime { get; set; } = TimeSpan.FromDays(366);

    /// <summary><c>KEY_RELOAD_INTERVAL</c>: how often a node looks for what other nodes, files and the command line did to the keys.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After so long every node has read a key that is new in the database, and publishes it: only then does it sign.</summary>
    internal TimeSpan Settling => 2 * ReloadInterval;

    /// <summary>Until when a key must be known that may have signed at <paramref name="now"/>: the longest token, and a day for caches and slow nodes.</summary>
    internal DateTimeOffset KnownUntil(DateTimeOffset now) => now + MaxTokenLifetime + TimeSpan.FromDays(1);
}
