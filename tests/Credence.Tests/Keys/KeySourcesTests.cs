using System.Security.Cryptography;
using Credence.Keys;

namespace Credence.Tests.Keys;

public sealed class KeySourcesTests
{
    private const string NoKey = "JWT_PRIVATE_KEY and JWT_PUBLIC_KEY environment variables are required";

    private static readonly string Rsa = Material.RsaPem();

    [Fact]
    public void No_key_at_all_names_what_is_missing_and_what_else_would_do()
    {
        var problem = Assert.Single(KeySources.Problems(new KeyOptions()));

        Assert.StartsWith(NoKey, problem.Sentence, StringComparison.Ordinal);
        foreach (var other in new[] { "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY_FILE", "KEYS_DIR", "DATA_ENCRYPTION_KEY" })
        {
            Assert.Contains(other, problem.Sentence, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Half_a_pair_asks_for_both()
    {
        Assert.StartsWith(NoKey, Assert.Single(KeySources.Problems(new KeyOptions { JwtPrivateKey = Rsa })).Sentence, StringComparison.Ordinal);
        Assert.StartsWith(NoKey, Assert.Single(KeySources.Problems(new KeyOptions { JwtPublicKey = Public(Rsa) })).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_must_be_one()
    {
        Assert.Empty(KeySources.Problems(new KeyOptions { JwtPrivateKey = Rsa, JwtPublicKey = Public(Rsa) }));
        var options = new KeyOptions { JwtPrivateKey = Rsa, JwtPublicKey = Public(Material.RsaPem()) };
        Only(options, "JWT_PUBLIC_KEY", "JWT_PUBLIC_KEY is not the public part of JWT_PRIVATE_KEY");
    }

    [Fact]
    public void PEM_is_read_with_line_ends_spelled_out_and_in_both_of_its_forms()
    {
        using var rsa = RSA.Create(2048);
        foreach (var pem in new[]
        {
            rsa.ExportPkcs8PrivateKeyPem(), rsa.ExportRSAPrivateKeyPem(), Rsa.ReplaceLineEndings("\\n"), Rsa.ReplaceLineEndings("\r\n"),
            Rsa.ReplaceLineEndings("\\r\\n"), "a comment\n" + Rsa + "\n",
        })
        {
            Assert.Empty(KeySources.Problems(new KeyOptions { RsaPrivateKey = pem }));
        }
    }

    [Fact]
    public void What_is_no_usable_RSA_key_is_named_by_what_is_wrong_with_it()
    {
        Only(new KeyOptions { RsaPrivateKey = Material.RsaPem(1024) }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY holds an RSA key of 1024 bits; 2048 is the least");
        Only(new KeyOptions { RsaPrivateKey = "secret text" }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY is not a key in PEM form");
        Only(new KeyOptions { RsaPrivateKey = Public(Rsa) }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY holds a public key; the private one is needed");
        Only(new KeyOptions { RsaPrivateKey = Material.EcPem() }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY holds a key for ES256; one for RS256 is needed");
        Only(new KeyOptions { RsaPrivateKey = Encrypted() }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY is encrypted");
        Only(new KeyOptions { RsaPrivateKey = PemEncoding.WriteString("PRIVATE KEY", [1, 2, 3]) }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY holds a PRIVATE KEY that cannot be read");
        Only(new KeyOptions { RsaPrivateKeyFile = "/nowhere/rsa.pem" }, "RSA_PRIVATE_KEY_FILE", "RSA_PRIVATE_KEY_FILE names a file that cannot be read");
        Only(new KeyOptions { RsaPrivateKey = Rsa, RsaPrivateKeyFile = "/nowhere/rsa.pem" }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY and RSA_PRIVATE_KEY_FILE are both given", others: 1);
    }

    [Fact]
    public void Two_settings_may_not_name_two_RSA_keys()
    {
        Assert.Empty(KeySources.Problems(new KeyOptions { RsaPrivateKey = Rsa, JwtPrivateKey = Rsa, JwtPublicKey = Public(Rsa) }));
        var other = Material.RsaPem();
        Only(new KeyOptions { RsaPrivateKey = Rsa, JwtPrivateKey = other, JwtPublicKey = Public(other) }, "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY and JWT_PRIVATE_KEY name two keys");
    }

    [Fact]
    public void Files_for_the_other_kinds_must_hold_them()
    {
        using var folder = new TestFolder();
        var (ec, ed) = (folder.Write("ec.pem", Material.EcPem()), folder.Write("ed.pem", Material.Ed25519Pem()));

        Assert.Empty(KeySources.Problems(new KeyOptions { RsaPrivateKey = Rsa, EcPrivateKeyFile = ec, Ed25519PrivateKeyFile = ed }));
        Only(new KeyOptions { RsaPrivateKey = Rsa, EcPrivateKeyFile = ed }, "EC_PRIVATE_KEY", "EC_PRIVATE_KEY holds a key for EdDSA; one for ES256 is needed");
        Only(
            new KeyOptions { RsaPrivateKey = Rsa, EcPrivateKeyFile = folder.Write("p384.pem", Material.EcPem(ECCurve.NamedCurves.nistP384)) },
            "EC_PRIVATE_KEY",
            "EC_PRIVATE_KEY holds an EC key of another curve than P-256");
    }

    [Fact]
    public void A_folder_must_be_readable_and_hold_an_RSA_key_and_nothing_broken()
    {
        using var folder = new TestFolder();
        Only(new KeyOptions { KeysDir = folder.Path + "/none" }, "KEYS_DIR", "KEYS_DIR names a folder that cannot be read");
        Assert.StartsWith(NoKey, Assert.Single(KeySources.Problems(new KeyOptions { KeysDir = folder.Path })).Sentence, StringComparison.Ordinal);

        folder.Write("2026-01.pem", Rsa);
        Assert.Empty(KeySources.Problems(new KeyOptions { KeysDir = folder.Path }));
        Only(new KeyOptions { KeysDir = folder.Path, RsaPrivateKey = Material.RsaPem() }, "KEYS_DIR", "KEYS_DIR and RSA_PRIVATE_KEY both give a current RS256 key");

        folder.Write("2026-02.pem", "half a fi");
        Only(new KeyOptions { KeysDir = folder.Path }, "KEYS_DIR", "KEYS_DIR: 2026-02.pem is not a key in PEM form");
    }

    [Fact]
    public void A_data_key_alone_is_enough_and_has_32_bytes()
    {
        Assert.Empty(KeySources.Problems(Material.Stored()));
        foreach (var text in new[] { "short", new string('x', 64), new string('A', 43), new string('A', 44) + "A", "!" + new string('A', 43) })
        {
            Only(new KeyOptions { RsaPrivateKey = Rsa, DataEncryptionKey = text }, "DATA_ENCRYPTION_KEY", "DATA_ENCRYPTION_KEY must be 32 bytes, as 64 hex or 44 base64 characters");
        }

        Only(
            new KeyOptions { RsaPrivateKey = Rsa, DataEncryptionKeyPrevious = Material.DataKey() },
            "DATA_ENCRYPTION_KEY",
            "DATA_ENCRYPTION_KEY is required when DATA_ENCRYPTION_KEY_PREVIOUS is given");
    }

    [Fact]
    public void Everything_wrong_is_said_at_once_and_no_value_is_repeated()
    {
        const string Value = "hunter2hunter2";
        var problems = KeySources.Problems(new KeyOptions
        {
            RsaPrivateKey = Value,
            JwtPrivateKey = Value,
            JwtPublicKey = Value,
            EcPrivateKeyFile = "/nowhere/ec.pem",
            Ed25519PrivateKeyFile = "/nowhere/ed.pem",
            KeysDir = "/nowhere",
            DataEncryptionKey = Value,
            DataEncryptionKeyPrevious = Value,
        });

        Assert.Equal(8, problems.Count);
        Assert.All(problems, problem => Assert.DoesNotContain(Value, problem.Sentence, StringComparison.Ordinal));
        Assert.All(problems, problem => Assert.StartsWith(problem.Setting, problem.Sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void Asking_for_problems_makes_no_development_key()
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "data-encryption.key");

        Assert.Empty(KeySources.Problems(new KeyOptions { AutoGenerate = true, DevelopmentKeyFile = file }));
        Assert.False(File.Exists(file));

        File.WriteAllText(file, "something else");
        Assert.StartsWith("AUTO_GENERATE_KEYS", Assert.Single(KeySources.Problems(new KeyOptions { AutoGenerate = true, DevelopmentKeyFile = file })).Sentence, StringComparison.Ordinal);
    }

    private static void Only(KeyOptions options, string setting, string sentence, int others = 0)
    {
        var problems = KeySources.Problems(options);
        Assert.Equal(1 + others, problems.Count);
        Assert.Contains(problems, problem => problem.Setting == setting && problem.Sentence.StartsWith(sentence, StringComparison.Ordinal));
    }

    private static string Public(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private static string Encrypted()
    {
        using var rsa = RSA.Create(2048);
        return rsa.ExportEncryptedPkcs8PrivateKeyPem("passphrase", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }
}
