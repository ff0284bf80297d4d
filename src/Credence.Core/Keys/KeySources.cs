namespace Credence.Keys;

/// <summary>Something wrong with a setting of this room.</summary>
/// <param name="Setting">Its name.</param>
/// <param name="Sentence">What is wrong and what would do, beginning with the name, never with the value (contract operations O8).</param>
public sealed record KeyProblem(string Setting, string Sentence);

/// <summary>Reads the keys that settings, files and the folder give (design D3).</summary>
public static class KeySources
{
    private const string NoKey =
        "JWT_PRIVATE_KEY and JWT_PUBLIC_KEY environment variables are required; RSA_PRIVATE_KEY, RSA_PRIVATE_KEY_FILE, " +
        "KEYS_DIR with an RSA key, or DATA_ENCRYPTION_KEY alone would do instead";

    /// <summary>Everything that would stop the start, all at once.</summary>
    public static IReadOnlyList<KeyProblem> Problems(KeyOptions options) => Read(options, makeDevelopmentKey: false).Problems;

    /// <summary>Reads the keys.</summary>
    /// <exception cref="InvalidDataException">Something is wrong with them; the message is the problems' sentences.</exception>
    internal static GivenKeys Read(KeyOptions options)
    {
        var (given, problems) = Read(options, makeDevelopmentKey: true);
        return problems.Count == 0 ? given : throw new InvalidDataException(string.Join("; ", problems.Select(problem => problem.Sentence)));
    }

    private static (GivenKeys Given, List<KeyProblem> Problems) Read(KeyOptions options, bool makeDevelopmentKey)
    {
        var problems = new List<KeyProblem>();
        if (options.Ephemeral is { } ephemeral) return (new GivenKeys([new GivenKey(ephemeral, KeyStatus.Current, "legacy mode")], new Envelope([])), problems);
        var keys = new List<GivenKey>();
        var rsa = Rsa(options, problems);
        if (rsa is not null) keys.Add(rsa);
        AddFile(keys, "EC_PRIVATE_KEY_FILE", options.EcPrivateKeyFile, KeyAlgorithm.ES256, problems);
        AddFile(keys, "ED25519_PRIVATE_KEY_FILE", options.Ed25519PrivateKeyFile, KeyAlgorithm.EdDSA, problems);
        AddFolder(keys, options.KeysDir, problems);

        var data = DataKeys(options, makeDevelopmentKey, problems);
        var makesKeys = data.CanProtect || options.AutoGenerate;
        if (!makesKeys && problems.Count == 0 && !keys.Any(given => given is { Key.Algorithm: KeyAlgorithm.RS256, Status: KeyStatus.Current }))
        {
            problems.Add(new KeyProblem("JWT_PRIVATE_KEY", NoKey));
        }

        return (new GivenKeys(keys, data), problems);
    }

    /// <summary>The one RSA key of the four settings that can name it.</summary>
    private static GivenKey? Rsa(KeyOptions options, List<KeyProblem> problems)
    {
        var plain = Private("RSA_PRIVATE_KEY", options.RsaPrivateKey, options.RsaPrivateKeyFile, KeyAlgorithm.RS256, problems);

        var secretText = Text("JWT_PRIVATE_KEY", options.JwtPrivateKey, options.JwtPrivateKeyFile, problems);
        var publicText = Text("JWT_PUBLIC_KEY", options.JwtPublicKey, options.JwtPublicKeyFile, problems);
        if (secretText is null && publicText is null) return plain;
        if (secretText is null || publicText is null)
        {
            var missing = secretText is null ? "JWT_PRIVATE_KEY" : "JWT_PUBLIC_KEY";
            if (!problems.Any(problem => problem.Setting.StartsWith(missing, StringComparison.Ordinal))) problems.Add(new KeyProblem(missing, NoKey));
            return plain;
        }

        var pair = Private("JWT_PRIVATE_KEY", secretText, KeyAlgorithm.RS256, problems);
        var (shown, problem) = PemKey.Read(publicText);
        if (shown is null) problems.Add(new KeyProblem("JWT_PUBLIC_KEY", $"JWT_PUBLIC_KEY {problem}"));
        else if (pair is not null && shown.Jwk.Kid != pair.Key.Kid)
        {
            problems.Add(new KeyProblem("JWT_PUBLIC_KEY", "JWT_PUBLIC_KEY is not the public part of JWT_PRIVATE_KEY"));
        }

        if (plain is not null && pair is not null && plain.Key.Kid != pair.Key.Kid)
        {
            problems.Add(new KeyProblem("RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY and JWT_PRIVATE_KEY name two keys; give one of them"));
        }

        return plain ?? pair;
    }

    private static void AddFile(List<GivenKey> keys, string setting, string? file, KeyAlgorithm algorithm, List<KeyProblem> problems)
    {
        var name = setting[..^"_FILE".Length];
        if (Private(name, null, file, algorithm, problems) is { } given) keys.Add(given with { Source = setting });
    }

    private static void AddFolder(List<GivenKey> keys, string? folder, List<KeyProblem> problems)
    {
        if (string.IsNullOrEmpty(folder)) return;
        var (found, sentence) = KeysFolder.Read(folder);
        if (sentence is not null) problems.Add(new KeyProblem("KEYS_DIR", sentence));
        foreach (var given in found)
        {
            var rival = keys.Find(other => other.Source != given.Source && other.Key.Algorithm == given.Key.Algorithm);
            if (rival is not null && given.Status == KeyStatus.Current && rival.Key.Kid != given.Key.Kid)
            {
                problems.Add(new KeyProblem("KEYS_DIR", $"KEYS_DIR and {rival.Source} both give a current {given.Key.Algorithm} key; give one of them"));
            }
            else if (keys.TrueForAll(other => other.Key.Kid != given.Key.Kid))
            {
                keys.Add(given);
            }
        }
    }

    private static Envelope DataKeys(KeyOptions options, bool makeDevelopmentKey, List<KeyProblem> problems)
    {
        var current = DataKey("DATA_ENCRYPTION_KEY", options.DataEncryptionKey, options.DataEncryptionKeyFile, problems);
        var previous = DataKey("DATA_ENCRYPTION_KEY_PREVIOUS", options.DataEncryptionKeyPrevious, options.DataEncryptionKeyPreviousFile, problems);
        if (current is null && previous is not null)
        {
            problems.Add(new KeyProblem("DATA_ENCRYPTION_KEY", "DATA_ENCRYPTION_KEY is required when DATA_ENCRYPTION_KEY_PREVIOUS is given"));
        }

        if (current is null && options.AutoGenerate && (makeDevelopmentKey || File.Exists(options.DevelopmentKeyFile)))
        {
            current = EnvelopeKey.Parse(DevelopmentKey.ReadOrMake(options.DevelopmentKeyFile));
            if (current is null)
            {
                problems.Add(new KeyProblem("AUTO_GENERATE_KEYS", $"AUTO_GENERATE_KEYS keeps its key in {options.DevelopmentKeyFile}, which holds something else"));
            }
        }

        return new Envelope(new[] { current, previous }.OfType<EnvelopeKey>());
    }

    private static EnvelopeKey? DataKey(string setting, string? text, string? file, List<KeyProblem> problems)
    {
        if (Text(setting, text, file, problems) is not { } found) return null;
        var key = EnvelopeKey.Parse(found);
        if (key is null) problems.Add(new KeyProblem(setting, $"{setting} must be 32 bytes, as 64 hex or 44 base64 characters"));
        return key;
    }

    private static GivenKey? Private(string setting, string? text, string? file, KeyAlgorithm algorithm, List<KeyProblem> problems) =>
        Text(setting, text, file, problems) is { } found ? Private(setting, found, algorithm, problems) : null;

    private static GivenKey? Private(string setting, string text, KeyAlgorithm algorithm, List<KeyProblem> problems)
    {
        var (pair, problem) = PemKey.Read(text);
        if (pair is { CanSign: false }) problem = "holds a public key; the private one is needed";
        if (problem is null && pair!.Jwk.Alg != algorithm.ToString()) problem = $"holds a key for {pair.Jwk.Alg}; one for {algorithm} is needed";
        if (problem is null) return new GivenKey(new SigningKey(pair!), KeyStatus.Current, setting);
        problems.Add(new KeyProblem(setting, $"{setting} {problem}"));
        return null;
    }

    /// <summary>A setting's text, given itself or in a file.</summary>
    private static string? Text(string setting, string? text, string? file, List<KeyProblem> problems)
    {
        var (isText, isFile) = (!string.IsNullOrWhiteSpace(text), !string.IsNullOrWhiteSpace(file));
        if (isText && isFile) problems.Add(new KeyProblem(setting, $"{setting} and {setting}_FILE are both given; give one of them"));
        if (!isFile) return isText ? text : null;
        try
        {
            return File.ReadAllText(file!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(new KeyProblem($"{setting}_FILE", $"{setting}_FILE names a file that cannot be read"));
            return null;
        }
    }
}
