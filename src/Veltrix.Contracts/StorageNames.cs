namespace Veltrix.Contracts;

/// <summary>The names of grain storages, for <c>[PersistentState]</c>.</summary>
public static class StorageNames
{
    /// <summary>What one grain writes rarely: a hunt's definition, an operator's settings.</summary>
    public const string Grains = "grains";
}
