using Credence.Server.Hosting.Settings;

namespace Credence.Tests.Hosting;

/// <summary>What stops the start, and with which line (contract operations O7 to O9, design D4).</summary>
public sealed class SettingProblemTests
{
    private const string Start = "Failed to start server: Error: ";
    private const string NoKeys = Start + "JWT_PRIVATE_KEY and JWT_PUBLIC_KEY environment variables are required";

    [Fact]
    public void Production_starts_with_a_database_a_redis_and_a_key() =>
        Assert.Empty(Environments.Lines(SettingValues.Read(Environments.Production())));

    [Theory]
    [InlineData("DATABASE_URL")]
    [InlineData("REDIS_URL")]
    public void A_missing_store_is_named_in_the_exact_line(string name)
    {
        Assert.Equal([$"{Start}{name} environment variable is required"], Environments.Lines(Environments.With(name, null)));
        Assert.Equal([$"{Start}{name} environment variable is required"], Environments.Lines(Environments.With(name, " "))); // set to nothing
    }

    [Fact]
    public void Without_any_key_the_line_says_what_else_would_do()
    {
        var line = Assert.Single(Environments.Lines(Environments.With("RSA_PRIVATE_KEY", null)));
        Assert.StartsWith(NoKeys, line, StringComparison.Ordinal);
        foreach (var other in new[] { "RSA_PRIVATE_KEY", "RSA_PRIVATE_KEY_FILE", "KEYS_DIR", "DATA_ENCRYPTION_KEY" }) Assert.Contains(other, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_a_key_pair_is_as_good_as_none()
    {
        var halves = new[] { ("JWT_PRIVATE_KEY", Environments.RsaPem), ("JWT_PUBLIC_KEY", Environments.RsaPublicPem) };
        foreach (var (name, value) in halves)
        {
            var line = Assert.Single(Environments.Lines(Environments.With(("RSA_PRIVATE_KEY", null), (name, value))));
            Assert.StartsWith(NoKeys, line, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("example.test", "https://example.test.evil")]
    [InlineData("example.test", "https://notexample.test")]
    [InlineData("a.example.test", "https://example.test")]
    public void Passkeys_work_on_their_domain_and_below_it(string domain, string origin) =>
        Assert.Equal(
            [$"{Start}FIDO_ORIGIN must name origins on FIDO_RP_ID or below it"], Environments.Lines(Environments.With(("FIDO_RP_ID", domain), ("FIDO_ORIGIN", origin))));

    [Theory]
    [InlineData("https://accounts.example.test", "example.test", true)]
    [InlineData("https://example.test", "example.test", true)]
    [InlineData("https://accounts.example.test", "notexample.test", false)]
    [InlineData("https://notexample.test", "example.test", false)]
    [InlineData("https://example.test", "accounts.example.test", false)]
    public void A_cookie_for_a_domain_is_set_by_a_host_of_it(string pages, string domain, bool starts) =>
        Assert.Equal(
            starts ? [] : [$"{Start}FORWARD_AUTH_COOKIE_DOMAIN must be a domain that the host of PUBLIC_BASE_URL lies in"],
            Environments.Lines(Environments.With(("PUBLIC_BASE_URL", pages), ("FORWARD_AUTH_COOKIE_DOMAIN", domain))));

    [Theory]
    [InlineData("http://localhost:3001", null, "credence-visit")]
    [InlineData("https://accounts.example.test", null, "__Host-credence-visit")]
    [InlineData("https://accounts.example.test", "example.test", "__Secure-credence-visit")]
    public void The_cookie_of_a_visit_is_called_so_that_no_other_host_can_set_it(string pages, string? domain, string name) =>
        Assert.Equal(name, Environments.With(("PUBLIC_BASE_URL", pages), ("FORWARD_AUTH_COOKIE_DOMAIN", domain)).Of(ForwardAuthSettings.Cookie));

    [Fact]
    public void An_external_policy_engine_needs_an_address()
    {
        var line = Assert.Single(Environments.Lines(Environments.With("POLICY_BACKEND", "opa")));
        Assert.Equal($"{Start}OPA_URL environment variable is required when POLICY_BACKEND is opa", line);
        Assert.Empty(Environments.Lines(Environments.With(("POLICY_BACKEND", "opa"), ("OPA_URL", "http://127.0.0.1:8181/"))));
        Assert.Equal([$"{Start}POLICY_BACKEND must be builtin or opa"], Environments.Lines(Environments.With("POLICY_BACKEND", "cedar")));
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var lines = Environments.Lines(SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["PORT"] = "0", ["LOG_LEVEL"] = "loud" }));
        Assert.Equal(5, lines.Count);
        Assert.Equal($"{Start}DATABASE_URL environment variable is required", Assert.Single(lines, line => line.Contains("DATABASE_URL", StringComparison.Ordinal)));
        Assert.Single(lines, line => line.Contains("REDIS_URL environment", StringComparison.Ordinal));
        Assert.Single(lines, line => line.StartsWith(NoKeys, StringComparison.Ordinal));
        Assert.Contains($"{Start}PORT must be a whole number from 1 to 65535", lines);
        Assert.Contains($"{Start}LOG_LEVEL must be trace, debug, info, warn, error or fatal", lines);
    }

    [Theory]
    [InlineData("DATABASE_URL", "mysql://u:Hunter2Hunter2@h/db", "DATABASE_URL is not a postgresql:// address, libpq key/value text or sqlite:file")]
    [InlineData("DATABASE_URL", "sqlite:", "DATABASE_URL names no file after sqlite:")]
    [InlineData("DATABASE_URL", "host=h port=x password=Hunter2Hunter2", "DATABASE_URL has a port that is not a number from 1 to 65535")]
    [InlineData("DB_POOL_MAX", "0", "DB_POOL_MAX must be a whole number from 1 to 1000")]
    [InlineData("REDIS_URL", "http://:Hunter2Hunter2@h", "REDIS_URL is malformed: its scheme must be redis or rediss, with +sentinel or +cluster where needed")]
    [InlineData("ALLOW_EMBEDDED", "yes", "ALLOW_EMBEDDED must be true or false")]
    [InlineData("MIGRATE_ON_START", "1", "MIGRATE_ON_START must be true or false")]
    [InlineData("RSA_PRIVATE_KEY", "Hunter2Hunter2", "RSA_PRIVATE_KEY is not a key in PEM form")]
    [InlineData("EC_PRIVATE_KEY_FILE", "/no/such/file", "EC_PRIVATE_KEY_FILE names a file that cannot be read")]
    [InlineData("ED25519_PRIVATE_KEY_FILE", "/no/such/file", "ED25519_PRIVATE_KEY_FILE names a file that cannot be read")]
    [InlineData("KEYS_DIR", "/no/such/folder", "KEYS_DIR names a folder that cannot be read")]
    [InlineData("DATA_ENCRYPTION_KEY", "Hunter2Hunter2", "DATA_ENCRYPTION_KEY must be 32 bytes, as 64 hex or 44 base64 characters")]
    [InlineData("KEY_ROTATION_DAYS", "0", "KEY_ROTATION_DAYS must be a whole number from 1 to 3650")]
    [InlineData("KEY_PUBLISH_AHEAD", "1m", "KEY_PUBLISH_AHEAD must be a number followed by s, m, h or d, from 5m to 30d")]
    [InlineData("KEY_RELOAD_INTERVAL", "soon", "KEY_RELOAD_INTERVAL must be a number followed by s, m, h or d, from 1s to 5m")]
    [InlineData("PORT", "65536", "PORT must be a whole number from 1 to 65535")]
    [InlineData("HOST", "everywhere", "HOST must be an IP address or localhost")]
    [InlineData("PUBLIC_BASE_URL", "ftp://h", "PUBLIC_BASE_URL must be an http:// or https:// address without user, query or fragment")]
    [InlineData("JWT_ISSUER", "issuer", "JWT_ISSUER must be an http:// or https:// address without user, query or fragment")]
    [InlineData("DID_WEB_DOMAIN", "https://h", "DID_WEB_DOMAIN must be a domain name, with a port where it is not the usual one")]
    [InlineData("DOORS", "grants,windows", "DOORS must be a list, separated by commas, of: grants, agents, people, forward-auth")]
    [InlineData("TRUST_PROXY", "17", "TRUST_PROXY must be a number of hops from 1 to 16, or a list, separated by commas, of IP addresses and networks like 10.0.0.0/8")]
    [InlineData("TRUST_PROXY", "proxy.local", "TRUST_PROXY must be a number of hops from 1 to 16, or a list, separated by commas, of IP addresses and networks like 10.0.0.0/8")]
    [InlineData("CORS_ORIGIN", "https://a.test/path", "CORS_ORIGIN must be a list, separated by commas, of origins like https://app.example.com")]
    [InlineData("CORS_ALLOWED_ORIGINS", "*", "CORS_ALLOWED_ORIGINS must be a list, separated by commas, of origins like https://app.example.com")]
    [InlineData("MAX_DELEGATION_DEPTH", "11", "MAX_DELEGATION_DEPTH must be a whole number from 1 to 10")]
    [InlineData("GRANT_MAX_LIFETIME", "365", "GRANT_MAX_LIFETIME must be a number followed by s, m, h or d, from 5m to 3650d")]
    [InlineData("PLAN_FREE_AGENTS", "-1", "PLAN_FREE_AGENTS must be a whole number from 1, or unlimited")]
    [InlineData("PLAN_PRO_REQUESTS_PER_MINUTE", "unlimited", "PLAN_PRO_REQUESTS_PER_MINUTE must be a whole number from 1 to 10000000")]
    [InlineData("RATE_LIMIT_AUTHORIZE_PER_MINUTE", "0", "RATE_LIMIT_AUTHORIZE_PER_MINUTE must be a whole number from 1 to 10000000")]
    [InlineData("SMTP_URL", "http://mail", "SMTP_URL must be an smtp:// or smtps:// address")]
    [InlineData("APP_ENV_SMTP_HOST", "mail server", "APP_ENV_SMTP_HOST must be a host's name or address")]
    [InlineData("APP_ENV_APPLICATION_SECRET", "short", "APP_ENV_APPLICATION_SECRET must be 16 to 512 characters without white space")]
    [InlineData("MESSAGE_LEASE", "1s", "MESSAGE_LEASE must be a number followed by s, m, h or d, from 5s to 5m")]
    [InlineData("EMAIL_FROM", "nobody", "EMAIL_FROM must be an e-mail address")]
    [InlineData("LOG_FORMAT", "xml", "LOG_FORMAT must be json, logfmt or text")]
    [InlineData("METRICS_ENABLED", "on", "METRICS_ENABLED must be true or false")]
    [InlineData("METRICS_API_KEY", "short", "METRICS_API_KEY must be 16 to 512 characters without white space")]
    [InlineData("METRICS_BIND", "9464", "METRICS_BIND must be host:port, the host an IP address or localhost")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "OTEL_EXPORTER_OTLP_ENDPOINT must be an http:// or https:// address without user, query or fragment")]
    [InlineData("ASPNETCORE_ENVIRONMENT", "Prodution", "ASPNETCORE_ENVIRONMENT must be Production, Staging or Development")]
    [InlineData("RUN_MODE", "sleep", "RUN_MODE must be serve, server or migrate")]
    [InlineData("STARTUP_WAIT_SECONDS", "-1", "STARTUP_WAIT_SECONDS must be a whole number from 0 to 3600")]
    [InlineData("SHUTDOWN_TIMEOUT_MS", "8s", "SHUTDOWN_TIMEOUT_MS must be a whole number from 100 to 600000")]
    public void A_malformed_setting_is_named_with_what_would_do_and_never_with_its_value(string name, string value, string sentence) =>
        Assert.Equal([Start + sentence], Environments.Lines(Environments.With(name, value)));

    [Theory]
    [InlineData("AUTO_GENERATE_KEYS", "true", "AUTO_GENERATE_KEYS is refused in production")]
    [InlineData("SEED_API_KEY", "dev-api-key-local", "SEED_API_KEY is refused in production")]
    [InlineData("SEED_SANDBOX_KEY", "sandbox-api-key-local", "SEED_SANDBOX_KEY is refused in production")]
    [InlineData("RATE_LIMITS_ENABLED", "false", "RATE_LIMITS_ENABLED=false is refused in production")]
    [InlineData("WEBHOOK_ALLOW_INSECURE_URLS", "true", "WEBHOOK_ALLOW_INSECURE_URLS=true is refused in production")]
    [InlineData("WEBHOOK_ALLOW_PRIVATE_HOSTS", "true", "WEBHOOK_ALLOW_PRIVATE_HOSTS=true is refused in production")]
    [InlineData("SSO_ALLOW_INSECURE_URLS", "true", "SSO_ALLOW_INSECURE_URLS=true is refused in production")]
    [InlineData("SMS_ALLOW_INSECURE_URLS", "true", "SMS_ALLOW_INSECURE_URLS=true is refused in production")]
    [InlineData("SMS_ALLOW_PRIVATE_HOSTS", "true", "SMS_ALLOW_PRIVATE_HOSTS=true is refused in production")]
    [InlineData("SSO_ALLOW_PRIVATE_HOSTS", "true", "SSO_ALLOW_PRIVATE_HOSTS=true is refused in production")]
    [InlineData("FEDERATION_ALLOW_INSECURE_URLS", "true", "FEDERATION_ALLOW_INSECURE_URLS=true is refused in production")]
    [InlineData("FEDERATION_ALLOW_PRIVATE_HOSTS", "true", "FEDERATION_ALLOW_PRIVATE_HOSTS=true is refused in production")]
    [InlineData("DATABASE_URL", "sqlite:x.db", "DATABASE_URL names SQLite, which is refused in production unless ALLOW_EMBEDDED=true")]
    [InlineData("REDIS_URL", "embedded", "REDIS_URL=embedded is refused in production unless ALLOW_EMBEDDED=true")]
    public void Production_refuses_what_belongs_to_development(string name, string value, string sentence)
    {
        Assert.Equal([Start + sentence], Environments.Lines(Environments.With(name, value)));
        Assert.Empty(Environments.Lines(Environments.With((name, value), ("ASPNETCORE_ENVIRONMENT", "Staging"))));
        Assert.Empty(Environments.Lines(Environments.With((name, value), ("ASPNETCORE_ENVIRONMENT", "Development"))));
    }

    [Fact]
    public void Production_runs_embedded_when_it_says_so() =>
        Assert.Empty(Environments.Lines(Environments.With(("DATABASE_URL", "sqlite:x.db"), ("REDIS_URL", "embedded"), ("ALLOW_EMBEDDED", "true"))));

    [Fact]
    public void Development_needs_a_database_by_name_and_nothing_else()
    {
        var nothing = SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["ASPNETCORE_ENVIRONMENT"] = "development" });
        Assert.Equal([$"{Start}DATABASE_URL environment variable is required"], Environments.Lines(nothing));
    }

    [Fact]
    public void Migrating_needs_the_database_and_no_keys()
    {
        var values = Environments.With(("REDIS_URL", null), ("RSA_PRIVATE_KEY", null), ("PORT", "none"));
        Assert.Empty(SettingRules.ProblemsForDatabase(values));
        Assert.Equal(["DATABASE_URL environment variable is required"], SettingRules.ProblemsForDatabase(Environments.With("DATABASE_URL", null)));
    }
}
