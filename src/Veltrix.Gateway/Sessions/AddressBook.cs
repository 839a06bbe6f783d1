using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Veltrix.Gateway.Sessions;

/// <summary>
/// What each address does that nobody vouched for: requests, bad operators' keys, sockets that have not resumed, joins without a good token. It knows a bounded
/// number of addresses, 20 MB of them at the most; when it is full, all further ones share one entry, so a flood of addresses slows strangers down and costs no memory.
/// </summary>
internal sealed class AddressBook(TimeProvider clock, IOptions<GatewayOptions> options)
{
    /// <summary>The most addresses that are told apart.</summary>
    public const int MostAddresses = 50_000;
    private readonly ConcurrentDictionary<Address, Entry> _entries = new();
    private readonly Entry _rest = new(clock, options.Value);

    /// <summary>How many addresses are told apart now.</summary>
    public int Count => _entries.Count;

    /// <summary>Counts a socket as a stranger's until the pass is disposed; false when its address has too many.</summary>
    public bool TryEnterStranger(IPAddress? address, out StrangerPass pass)
    {
        var entry = Of(address);
        pass = new StrangerPass(entry);
        if (Interlocked.Increment(ref entry.Strangers) <= options.Value.MaxStrangersPerAddress)
        {
            return true;
        }

        pass.Dispose();
        return false;
    }

    /// <summary>Counts a request; false when its address has sent too many. Then it is worth to come back after so many seconds.</summary>
    public bool TryRequest(IPAddress? address, out int seconds)
    {
        var entry = Of(address);
        lock (entry)
        {
            var taken = entry.Requests.Take(1, clock.GetTimestamp()) == 1;
            seconds = taken ? 0 : (entry.Requests.MillisecondsUntil(1) + 999) / 1000;
            return taken;
        }
    }

    /// <summary>Whether operators' credentials of this address are looked at: it has not sent too many bad ones.</summary>
    public bool MayGuess(IPAddress? address)
    {
        var entry = Of(address);
        lock (entry)
        {
            return entry.BadKeys.Has(1, clock.GetTimestamp());
        }
    }

    /// <summary>Counts operators' credentials that were not good.</summary>
    public void Guessed(IPAddress? address)
    {
        var entry = Of(address);
        lock (entry)
        {
            entry.BadKeys.Take(1, clock.GetTimestamp());
        }
    }

    /// <summary>Counts a join that nobody vouched for; false when its address has too many.</summary>
    public bool TryJoin(IPAddress? address)
    {
        var entry = Of(address);
        lock (entry)
        {
            return entry.Joins.Take(1, clock.GetTimestamp()) == 1;
        }
    }

    /// <summary>Drops the addresses that have been quiet for long enough to have their whole allowance again.</summary>
    public void Sweep()
    {
        foreach (var (address, entry) in _entries)
        {
            if (Volatile.Read(ref entry.Strangers) == 0 && clock.GetElapsedTime(Volatile.Read(ref entry.SeenAt)) > TimeSpan.FromMinutes(2))
            {
                _entries.TryRemove(address, out _);
            }
        }
    }

    private Entry Of(IPAddress? address)
    {
        var key = Address.Of(address);
        if (!_entries.TryGetValue(key, out var entry))
        {
            entry = _entries.Count < MostAddresses ? _entries.GetOrAdd(key, static (_, made) => new Entry(made.clock, made.Value), (clock, options.Value)) : _rest;
        }

        Volatile.Write(ref entry.SeenAt, clock.GetTimestamp());
        return entry;
    }

    /// <summary>An IPv4 address, or the first 64 bits of an IPv6 one: a household or a server gets that many at once.</summary>
    private readonly record struct Address(ulong Bits, bool Six)
    {
        public static Address Of(IPAddress? address)
        {
            if (address is null)
            {
                return default;
            }

            if (address.IsIPv4MappedToIPv6)
            {
                address = address.MapToIPv4();
            }

            Span<byte> bytes = stackalloc byte[16];
            bytes.Clear();
            address.TryWriteBytes(bytes, out _);
            return new Address(BitConverter.ToUInt64(bytes), address.AddressFamily is AddressFamily.InterNetworkV6);
        }
    }

    internal sealed class Entry(TimeProvider clock, GatewayOptions options)
    {
        public int Strangers;
        public long SeenAt = clock.GetTimestamp();
        public RateBucket Requests = new(options.RequestsPerSecond, options.RequestBurst, clock.GetTimestamp(), clock.TimestampFrequency);
        public RateBucket BadKeys = new(options.BadKeysPerMinute / 60.0, options.BadKeysPerMinute, clock.GetTimestamp(), clock.TimestampFrequency);
        public RateBucket Joins = new(options.GuestJoinsPerMinute / 60.0, options.GuestJoinsPerMinute, clock.GetTimestamp(), clock.TimestampFrequency);
    }
}

/// <summary>A stranger's place in the count of its address; given back once.</summary>
internal sealed class StrangerPass(AddressBook.Entry entry) : IDisposable
{
    private AddressBook.Entry? _entry = entry;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _entry, null) is { } counted)
        {
            Interlocked.Decrement(ref counted.Strangers);
        }
    }
}
