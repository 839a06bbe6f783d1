using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Veltrix.Ledger.Postgres;

namespace Veltrix.Ledger.Tests;

public sealed class LedgerOptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass() => Assert.True(new LedgerOptionsValidator().Validate(null, new LedgerOptions()).Succeeded);

    [Theory]
    [InlineData(nameof(LedgerOptions.MaxWaitingDrafts), "LedgerOptions.MaxWaitingDrafts is 0: give 1 to 1000000.")]
    [InlineData(nameof(LedgerOptions.MaxGroup), "LedgerOptions.MaxGroup is 0: give 1 to 10000.")]
    [InlineData(nameof(LedgerOptions.MaxWaitingGroups), "LedgerOptions.MaxWaitingGroups is 0: give 1 to 100000.")]
    [InlineData(nameof(LedgerOptions.Writers), "LedgerOptions.Writers is 0: give 1 to 256.")]
    [InlineData(nameof(LedgerOptions.CommitTimeout), "LedgerOptions.CommitTimeout in milliseconds is 0: give 1000 to 300000.")]
    [InlineData(nameof(LedgerOptions.ReadTimeout), "LedgerOptions.ReadTimeout in milliseconds is 0: give 1000 to 300000.")]
    [InlineData(nameof(LedgerOptions.MaxTextBytes), "LedgerOptions.MaxTextBytes is 0: give 1 to 65536.")]
    [InlineData(nameof(LedgerOptions.CheckpointPages), "LedgerOptions.CheckpointPages is 0: give 100 to 1000000.")]
    [InlineData(nameof(LedgerOptions.Readers), "LedgerOptions.Readers is 0: give 1 to 64.")]
    [InlineData(nameof(LedgerOptions.MaxBoardBacklog), "LedgerOptions.MaxBoardBacklog is 0: give 1 to 1000000.")]
    [InlineData(nameof(LedgerOptions.BoardRetry), "LedgerOptions.BoardRetry in milliseconds is 0: give 10 to 60000.")]
    public void Validate_ASettingOfZero_NamesItAndItsRange(string setting, string sentence)
    {
        var options = new LedgerOptions();
        var property = typeof(LedgerOptions).GetProperty(setting)!;
        property.SetValue(options, Activator.CreateInstance(property.PropertyType));

        Assert.Equal([sentence], new LedgerOptionsValidator().Validate(null, options).Failures);
    }

    [Fact]
    public async Task Register_OnPostgres_MakesTheStoreWithItsOptionsAndNoConnection()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddVeltrixLedgerOnPostgres(_ => "Host=192.0.2.1;Username=nobody", options => options.Writers = 3)
            .BuildServiceProvider();

        Assert.IsType<PostgresLedgerStore>(services.GetRequiredService<ILedgerStore>());
        Assert.Same(services.GetRequiredService<ILedgerStore>(), services.GetRequiredService<ILedgerArchive>());
        Assert.Equal(3, services.GetRequiredService<IOptions<LedgerOptions>>().Value.Writers);
    }
}
