using System.Net;
using System.Reflection;
using Credence.Outgoing;
using Credence.Server.Hosting;
using Credence.Server.Hosting.Commands;
using Credence.Server.Hosting.Settings;
using Credence.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.Hosting;

/// <summary>What settings mean, where they come from, and how they are shown (contract operations O10 to O12).</summary>
public sealed class SettingValueTests
{
    [Fact]
    public void Every_setting_that_is_declared_is_in_the_table()
    {
        var declared = typeof(AllSettings).Assembly.GetTypes()
            .Where(type => type.Namespace == typeof(AllSettings).Namespace)
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(field => typeof(Setting).IsAssignableFrom(field.FieldType))
            .Select(field => ((Setting)field.GetValue(null)!).Name);
        Assert.Empty(declared.Except(AllSettings.List.Select(setting => setting.Name), StringComparer.Ordinal));
        Assert.Equal(AllSettings.List.Count, AllSettings.List.Select(setting => setting.Name).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Contract identity B.2 and C.4 to C.16; what is missing here has no setting of its own: the base path and the text of a key (design D3).</summary>
    [Theory]
    [InlineData("APP_ENV_PORT", "3000", "PORT")]
    [InlineData("APP_ENV_HOST", "127.0.0.1", "HOST")]
    [InlineData("APP_ENV_NODE_ID", "7", "SNOWFLAKE_NODE_ID")]
    [InlineData("APP_ENV_LOG_LEVEL", "warn", "LOG_LEVEL")]
    [InlineData("APP_ENV_LOG_FORMAT", "logfmt", "LOG_FORMAT")]
    [InlineData("APP_ENV_DB_URL", "postgresql://credence@db.example.test/credence", "DATABASE_URL")]
    [InlineData("APP_ENV_DB_POOL_MAX", "20", "DB_POOL_MAX")]
    [InlineData("APP_ENV_APPLICATION_SECRET", "sixteen-characters", "APP_ENV_APPLICATION_SECRET")]
    [InlineData("APP_ENV_JWT_EXPIRES_IN", "900", "APP_ENV_JWT_EXPIRES_IN")]
    [InlineData("APP_ENV_JWT_ISSUER", "https://id.example.test", "JWT_ISSUER")]
    [InlineData("APP_ENV_JWKS_DIR", "/keys", "KEYS_DIR")]
    [InlineData("APP_ENV_JWKS_PRIVATE_KEY_FILE", "/keys/ec.pem", "EC_PRIVATE_KEY_FILE")]
    [InlineData("APP_ENV_TRUSTED_PROXIES", "10.0.0.0/8", "TRUST_PROXY")]
    [InlineData("RUN_MODE", "server", "RUN_MODE")]
    public void The_names_of_the_identity_contract_are_taken(string name, string value, string setting)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value };
        var found = SettingValues.Read(environment).Find(AllSettings.List.Single(each => each.Name == setting));
        Assert.Equal((null, SettingSource.Environment, value), (found.Problem, found.Source, found.Text));
    }

    [Fact]
    public void Redis_may_be_named_in_parts_and_its_password_is_never_shown()
    {
        var parts = Environments.With(("REDIS_URL", null), ("APP_ENV_REDIS_HOST", "redis.example.test"), ("APP_ENV_REDIS_PORT", "6380"), ("APP_ENV_REDIS_PASSWORD", "p/w:1"), ("APP_ENV_REDIS_DB", "3"));
        Assert.Empty(Environments.Lines(parts));
        Assert.Equal("redis://:p%2Fw%3A1@redis.example.test:6380/3", parts.Find(StoreSettings.RedisUrl).Text);
        Assert.DoesNotContain(AllSettings.List, setting => parts.Find(setting).Shown.Contains("p%2F", StringComparison.Ordinal) || parts.Find(setting).Shown.Contains("p/w", StringComparison.Ordinal));
        Assert.Equal("redis://:whole@other.example.test:6379", Environments.With(("REDIS_URL", "redis://:whole@other.example.test:6379"), ("APP_ENV_REDIS_HOST", "redis.example.test")).Find(StoreSettings.RedisUrl).Text);
    }

    [Fact]
    public void The_issuer_is_this_server_unless_told_otherwise()
    {
        Assert.Equal("http://localhost:3001", Environments.With("PORT", null).Of(NetworkSettings.JwtIssuer));
        Assert.Equal("http://localhost:4000", Environments.With("PORT", "4000").Of(NetworkSettings.JwtIssuer));
        Assert.Equal("https://id.example.test", Environments.With("PUBLIC_BASE_URL", "https://id.example.test/").Of(NetworkSettings.JwtIssuer));
        Assert.Equal("https://i.example.test", Environments.With(("PUBLIC_BASE_URL", "https://id.example.test"), ("JWT_ISSUER", "https://i.example.test")).Of(NetworkSettings.JwtIssuer));
        Assert.Equal("id.example.test", Environments.With("PUBLIC_BASE_URL", "https://id.example.test").Of(NetworkSettings.DidWebDomain));
    }

    [Fact]
    public void Passkeys_are_for_this_server_unless_told_otherwise()
    {
        var here = Environments.With("PUBLIC_BASE_URL", "https://Id.example.test:8443/sub");
        Assert.Equal("id.example.test", here.Of(PasskeySettings.RelyingPartyId));
        Assert.Equal(["https://id.example.test:8443"], here.Of(PasskeySettings.Origins));
        Assert.Equal(["http://127.0.0.1:4000"], Environments.With("PUBLIC_BASE_URL", "http://127.0.0.1:4000").Of(PasskeySettings.Origins));

        var told = Environments.With(("FIDO_RP_ID", "example.test"), ("FIDO_ORIGIN", "https://a.example.test, https://example.test"));
        Assert.Empty(Environments.Lines(told));
        Assert.Equal(["https://a.example.test", "https://example.test"], told.Of(PasskeySettings.Origins));
    }

    [Theory]
    [InlineData("SMTP_URL", "smtp://ada:p%20w@mail.example.com", "mail.example.com", 587, SmtpSecurity.Starttls)]
    [InlineData("SMTP_URL", "smtp://ada:p%20w@127.0.0.1:2525", "127.0.0.1", 2525, SmtpSecurity.None)]
    [InlineData("SMTP_URL", "smtps://ada:p%20w@mail.example.com", "mail.example.com", 465, SmtpSecurity.Tls)]
    [InlineData("SMTP_URL", "smtps://ada:p%20w@127.0.0.1:2525", "127.0.0.1", 2525, SmtpSecurity.Tls)]
    [InlineData("APP_ENV_SMTP_HOST", "mail.example.com", "mail.example.com", 587, SmtpSecurity.Starttls)]
    public void The_mail_server_is_named_by_an_address_or_in_parts(string name, string value, string host, int port, SmtpSecurity security)
    {
        var values = Environments.With((name, value), ("APP_ENV_SMTP_USERNAME", "ada"), ("APP_ENV_SMTP_PASSWORD", "p w"));
        Assert.Equal(new SmtpServer(host, port, security, "ada", "p w"), MailSettings.Server(values));
        Assert.Null(MailSettings.Server(SettingValues.Read(Environments.Production())));
        var both = Environments.With(("SMTP_URL", "smtp://a.example.com"), ("APP_ENV_SMTP_HOST", "b.example.com"), ("APP_ENV_SMTP_PORT", "465"));
        Assert.Equal(new SmtpServer("b.example.com", 465, SmtpSecurity.Tls, null, null), MailSettings.Server(both));
    }

    [Fact]
    public void Defaults_are_the_documented_ones()
    {
        var values = SettingValues.Read(Environments.Production());
        Assert.Equal(3001, values.Of(NetworkSettings.Port));
        Assert.Equal(IPAddress.Any, values.Of(NetworkSettings.Host));
        Assert.Equal(10, values.Of(StoreSettings.PoolMax));
        Assert.Equal(30, values.Of(ProcessSettings.StartupWaitSeconds));
        Assert.Equal(8000, values.Of(ProcessSettings.ShutdownTimeoutMs));
        Assert.Equal(3, values.Of(GrantSettings.MaxDelegationDepth));
        Assert.Equal(LogLevel.Information, values.Of(TelemetrySettings.Level));
        Assert.Equal("json", values.Of(TelemetrySettings.LogFormat));
        Assert.Equal("text", Environments.With("ASPNETCORE_ENVIRONMENT", "Development").Of(TelemetrySettings.LogFormat));
        Assert.True(values.Of(TelemetrySettings.MetricsEnabled));
        Assert.Null(values.Of(TelemetrySettings.OtlpEndpoint));
        Assert.Null(values.Of(NetworkSettings.TrustProxy));
        Assert.Equal((100, 500, 1000), (values.Of(LimitSettings.Free.RequestsPerMinute), values.Of(LimitSettings.Free.Agents), values.Of(LimitSettings.Free.ActiveGrants)));
        Assert.Null(values.Of(LimitSettings.Enterprise.Agents));
    }

    [Fact]
    public void An_alias_is_another_name_and_the_first_name_wins()
    {
        Assert.Equal(["https://a.test"], Environments.With("CORS_ALLOWED_ORIGINS", "https://a.test").Of(NetworkSettings.CorsOrigin));
        Assert.Equal(["https://b.test"], Environments.With(("CORS_ALLOWED_ORIGINS", "https://a.test"), ("CORS_ORIGIN", "https://b.test")).Of(NetworkSettings.CorsOrigin));

        var key = new string('a', 64);
        var vault = Environments.With(("RSA_PRIVATE_KEY", null), ("VAULT_ENCRYPTION_KEY", key));
        Assert.Empty(Environments.Lines(vault));
        Assert.Equal(key, RoomOptions.Keys(vault).DataEncryptionKey);
    }

    [Fact]
    public void A_file_may_hold_the_value()
    {
        using var folder = new TempFolder();
        var url = folder.Write("url", "postgresql://u:p@db.example.test/credence\n");
        var values = Environments.With(("DATABASE_URL", null), ("DATABASE_URL_FILE", url), ("RSA_PRIVATE_KEY", null), ("RSA_PRIVATE_KEY_FILE", folder.Write("key", Environments.RsaPem)));
        Assert.Empty(Environments.Lines(values));
        Assert.Equal("postgresql://u:p@db.example.test/credence", values.Of(StoreSettings.DatabaseUrl));
        Assert.Equal(SettingSource.File, values.Find(StoreSettings.DatabaseUrl).Source);
        Assert.Equal($"postgresql://u:[secret]@db.example.test/credence from {url}", values.Find(StoreSettings.DatabaseUrl).Shown);

        Assert.Equal(
            ["Failed to start server: Error: DATABASE_URL and DATABASE_URL_FILE are both set: keep one"],
            Environments.Lines(Environments.With("DATABASE_URL_FILE", url)));
        Assert.Equal(
            ["Failed to start server: Error: DATABASE_URL_FILE names a file that cannot be read"],
            Environments.Lines(Environments.With(("DATABASE_URL", null), ("DATABASE_URL_FILE", "/no/such/file"))));
    }

    [Fact]
    public void A_pem_key_may_be_written_in_one_line() =>
        Assert.Empty(Environments.Lines(Environments.With("RSA_PRIVATE_KEY", Environments.RsaPem.Replace("\n", "\\n", StringComparison.Ordinal))));

    [Fact]
    public void A_pair_must_belong_together()
    {
        Assert.Empty(Environments.Lines(Environments.With(
            ("RSA_PRIVATE_KEY", null), ("JWT_PRIVATE_KEY", Environments.RsaPem), ("JWT_PUBLIC_KEY", Environments.RsaPublicPem))));
        Assert.Equal(
            ["Failed to start server: Error: JWT_PUBLIC_KEY is not the public part of JWT_PRIVATE_KEY"],
            Environments.Lines(Environments.With(
                ("RSA_PRIVATE_KEY", null), ("JWT_PRIVATE_KEY", Environments.NewRsaPem(2048)), ("JWT_PUBLIC_KEY", Environments.RsaPublicPem))));
    }

    [Theory]
    [InlineData("1", 1, 0)]
    [InlineData("16", 16, 0)]
    [InlineData("10.0.0.0/8, 192.0.2.7,2001:db8::/32", null, 3)]
    public void Proxies_are_counted_or_named(string text, int? hops, int networks)
    {
        var proxies = Environments.With("TRUST_PROXY", text).Of(NetworkSettings.TrustProxy)!;
        Assert.Equal((hops, networks), (proxies.Hops, proxies.Networks.Count));
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgresql://u:Hunter2Hunter2@h:5432/d?sslmode=require", "postgresql://u:[secret]@h:5432/d?sslmode=require")]
    [InlineData("DATABASE_URL", "postgresql://u@h/d?password=Hunter2Hunter2&sslmode=require", "postgresql://u@h/d?password=[secret]&sslmode=require")]
    [InlineData("DATABASE_URL", "host=h user=u password='Hunter2 \\' Hunter2' dbname=d", "host=h user=u password=[secret] dbname=d")]
    [InlineData("DATABASE_URL", "host=h password = Hunter2,Hunter2\\ x dbname=d", "host=h password = [secret] dbname=d")]
    [InlineData("DATABASE_URL", "sqlite:/data/credence.db", "sqlite:/data/credence.db")]
    [InlineData("REDIS_URL", "rediss://:Hunter2Hunter2@h:6380/1", "rediss://:[secret]@h:6380/1")]
    [InlineData("REDIS_URL", "h:6379,password=Hunter2Hunter2,ssl=true", "h:6379,password=[secret],ssl=true")]
    [InlineData("APP_ENV_SMTP_PASSWORD", "Hunter2Hunter2", "[secret]")]
    [InlineData("APP_ENV_APPLICATION_SECRET", "Hunter2Hunter2Hunter2", "[secret]")]
    [InlineData("SMTP_URL", "smtp://u:Hunter2Hunter2@mail:587", "smtp://u:[secret]@mail:587")]
    [InlineData("METRICS_API_KEY", "Hunter2Hunter2Hunter2", "[secret]")]
    [InlineData("SEED_API_KEY", "Hunter2Hunter2Hunter2", "[secret]")]
    [InlineData("DATABASE_URL", "Hunter2Hunter2", "[malformed]")]
    public void Secrets_are_masked_when_settings_are_shown(string name, string value, string shown)
    {
        var values = Environments.With(name, value);
        Assert.Equal(shown, values.Find(AllSettings.List.Single(setting => setting.Name == name)).Shown);
        Assert.DoesNotContain("Hunter2", string.Concat(CheckConfig.Lines(values)).Replace(Environments.Password, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void No_problem_and_no_shown_value_repeats_a_wholly_secret_setting()
    {
        foreach (var setting in AllSettings.List.Where(setting => setting.Mask == Masks.Whole))
        {
            var values = Environments.With(setting.Name, $"--{Environments.Password}--");
            Assert.DoesNotContain(Environments.Lines(values), line => line.Contains(Environments.Password, StringComparison.Ordinal));
            Assert.DoesNotContain(CheckConfig.Lines(values), line => line.Contains(Environments.Password, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_documentation_page_is_written_from_the_table() =>
        Assert.Equal(ConfigurationPage.Write(), File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")));
}
