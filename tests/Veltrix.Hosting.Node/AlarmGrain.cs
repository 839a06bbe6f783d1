using Orleans.Concurrency;
using Veltrix.Contracts;

namespace Veltrix.Hosting.Node;

/// <summary>A grain that keeps a word and waits for its reminder.</summary>
public interface IAlarmGrain : IGrainWithStringKey
{
    /// <summary>Stores the word and sets the reminder.</summary>
    /// <returns>the silo where the grain is</returns>
    Task<SiloAddress> SetAsync(string word);

    /// <summary>Answers with the word and the silo once the reminder has reached this activation.</summary>
    [AlwaysInterleave]
    Task<(string Word, SiloAddress Silo)> RungAsync();
}

internal sealed class AlarmGrain(ILocalSiloDetails silo, [PersistentState("alarm", StorageNames.Grains)] IPersistentState<AlarmGrain.Note> stored)
    : Grain, IAlarmGrain, IRemindable
{
    private readonly TaskCompletionSource _rung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<SiloAddress> SetAsync(string word)
    {
        stored.State.Word = word;
        await stored.WriteStateAsync();
        await this.RegisterOrUpdateReminder("wake", TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250));
        return silo.SiloAddress;
    }

    public async Task<(string Word, SiloAddress Silo)> RungAsync()
    {
        await _rung.Task;
        return (stored.State.Word, silo.SiloAddress);
    }

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _rung.TrySetResult();
        return Task.CompletedTask;
    }

    internal sealed class Note
    {
        public string Word { get; set; } = "";
    }
}
