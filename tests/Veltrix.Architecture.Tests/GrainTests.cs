using System.Reflection;
using System.Runtime.CompilerServices;

namespace Veltrix.Architecture.Tests;

/// <summary>What grains and the messages between them must be, so that a refactoring breaks no stored byte and no message is shared and changed.</summary>
public class GrainTests
{
    private static IEnumerable<Type> Serialized => Repository.Types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false));

    [Fact]
    public void Grains_Classes_AreSealedAndInternal()
    {
        var grains = Repository.Types.Where(type => type.IsClass && !type.IsAbstract && typeof(IGrainBase).IsAssignableFrom(type)).ToArray();
        Assert.NotEmpty(grains);
        Assert.All(grains, type => Assert.True(type.IsSealed && !type.IsVisible, $"Make {type} internal sealed."));
    }

    [Fact]
    public void Grains_Interfaces_HaveAnAlias()
    {
        var interfaces = Repository.Types.Where(type => type.IsInterface && typeof(Orleans.Runtime.IAddressable).IsAssignableFrom(type)).ToArray();
        Assert.NotEmpty(interfaces);
        Assert.All(interfaces, type => Assert.True(type.IsDefined(typeof(AliasAttribute), inherit: false), $"Give {type} an [Alias]."));
        AssertDifferent(interfaces);
    }

    [Fact]
    public void Messages_SerializedTypes_HaveAnAlias()
    {
        Assert.NotEmpty(Serialized);
        Assert.All(Serialized, type => Assert.True(type.IsDefined(typeof(AliasAttribute), inherit: false), $"Give {type} an [Alias]."));
        AssertDifferent([.. Serialized]);
    }

    [Fact]
    public void Messages_MarkedImmutable_AreSo()
    {
        // A surrogate exists only while its bytes are written or read: nobody shares it.
        var surrogates = Repository.Types.SelectMany(type => type.GetInterfaces())
            .Where(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IConverter<,>))
            .Select(face => face.GetGenericArguments()[1])
            .ToHashSet();
        var messages = Repository.Types.Where(type => type.IsDefined(typeof(ImmutableAttribute), inherit: false) && !surrogates.Contains(type)).ToArray();
        Assert.NotEmpty(messages);
        Assert.Empty(messages.SelectMany(Mutations));
    }

    private static void AssertDifferent(Type[] types) =>
        Assert.Equal(types.Length, types.Select(type => type.GetCustomAttribute<AliasAttribute>()!.Alias).Distinct(StringComparer.Ordinal).Count());

    private static IEnumerable<string> Mutations(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var property in type.GetProperties(Own))
        {
            if (property.SetMethod is { } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            {
                yield return $"{type}.{property.Name} can be set";
            }
        }

        foreach (var field in type.GetFields(Own))
        {
            if (!field.IsInitOnly && !field.IsPrivate)
            {
                yield return $"{type}.{field.Name} can be set";
            }

            if (CanChange(field.FieldType))
            {
                yield return $"{type}.{field.Name} holds a {field.FieldType}, which can be changed";
            }
        }
    }

    private static bool CanChange(Type type) =>
        type.IsArray
        || (type.Namespace is "System.Collections.Generic" && type is { IsClass: true, IsGenericType: true })
        || (type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(IList<>) || open == typeof(ICollection<>) || open == typeof(IDictionary<,>) || open == typeof(ISet<>)
                || open == typeof(Memory<>) || open == typeof(ArraySegment<>)));
}
