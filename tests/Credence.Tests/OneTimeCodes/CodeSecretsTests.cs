using Credence.Keys;
using Credence.OneTimeCodes;
using Credence.Telemetry;
using Credence.Tests.Keys;

namespace Credence.Tests.OneTimeCodes;

/// <summary>How codes are made and hashed, and what a session token gives away.</summary>
public sealed class CodeSecretsTests
{
    private static readonly CodeKeys Ada = new(CodeNamespace.VerifyEmail, "ada@example.com");

    [Fact]
    public void Every_digit_is_as_likely_as_any_other_in_every_place()
    {
        var counts = new int[CodeSecrets.Digits, 10];
        for (var made = 0; made < 100_000; made++)
        {
            var code = CodeSecrets.NewCode();
            Assert.Equal(CodeSecrets.Digits, code.Length);
            for (var place = 0; place < code.Length; place++) counts[place, code[place] - '0']++;
        }

        Assert.All(counts.Cast<int>(), count => Assert.InRange(count, 9_300, 10_700)); // 7 standard deviations
    }

    [Fact]
    public void A_hash_depends_on_the_secret_the_namespace_the_identifier_and_the_code()
    {
        var secrets = Of("the secret of one installation");
        string[] hashes =
        [
            secrets.Hash(Ada, "123456"),
            secrets.Hash(Ada, "123457"),
            secrets.Hash(Ada with { Namespace = CodeNamespace.AddEmail }, "123456"),
            secrets.Hash(Ada with { Identifier = "bob@example.com" }, "123456"),
            Of("the secret of another one").Hash(Ada, "123456"),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], Of("the secret of one installation").Hash(Ada, "123456"));
    }

    [Fact]
    public void A_session_token_opens_where_it_was_made_only_and_does_not_show_its_identifier()
    {
        var secrets = Of("the secret of one installation");
        var token = secrets.NewSession(Ada);

        Assert.Equal(Ada, secrets.Open(CodeNamespace.VerifyEmail, token));
        Assert.Null(secrets.Open(CodeNamespace.AddEmail, token));
        Assert.Null(Of("the secret of another one").Open(CodeNamespace.VerifyEmail, token));
        Assert.NotEqual(token, secrets.NewSession(Ada));
    }

    [Fact]
    public void Without_a_secret_of_its_own_the_key_that_secrets_are_encrypted_under_does()
    {
        var (keys, others) = (Material.Stored(), Material.Stored());
        var first = new CodeSecrets(new CodeOptions(), KeySources.Read(keys).Wrap);

        Assert.Equal(first.Hash(Ada, "123456"), new CodeSecrets(new CodeOptions(), KeySources.Read(keys).Wrap).Hash(Ada, "123456"));
        Assert.NotEqual(first.Hash(Ada, "123456"), new CodeSecrets(new CodeOptions(), KeySources.Read(others).Wrap).Hash(Ada, "123456"));
    }

    private static CodeSecrets Of(string secret) => new(new CodeOptions { ApplicationSecret = secret }, KeySources.Read(Material.Stored()).Wrap);
}
